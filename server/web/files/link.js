import {ask, faultOf, offerLogOut, onSubmit, show, tell, whoAsks} from "./api.js";
import {language, say, translate} from "./words.js";

let code = new URLSearchParams(location.search).get("user_code") ?? "";
let bearer = ""; // who is logged in

function path() {
    return `/v1/auth/device-grants/${encodeURIComponent(code)}`;
}

/** Here again once somebody has logged in. */
function logIn() {
    const here = code === "" ? "/link" : `/link?user_code=${encodeURIComponent(code)}`;
    location.replace(`/log-in?next=${encodeURIComponent(here)}`);
}

function put(id, text) {
    document.getElementById(id).textContent = text;
}

function days(seconds) {
    return new Intl.NumberFormat(language, {style: "unit", unit: "day", unitDisplay: "long"})
        .format(Math.max(1, Math.floor(seconds / 86400)));
}

function showGrant(grant) {
    if (grant.status !== "pending") {
        put("said", grant.status === "allowed" ? say("allowed") : say("denied"));
        show("outcome");
        return;
    }
    put("shown_code", code.toUpperCase());
    put("device_name", grant.device_name ?? say("no_name"));
    put("client", grant.client ?? say("no_name"));
    put("ip_address", grant.ip_address ?? say("no_name"));
    const time = new Intl.DateTimeFormat(language, {dateStyle: "medium", timeStyle: "short"});
    put("requested_at", time.format(new Date(grant.requested_at)));
    put("scope", grant.scope === "drawing" ? say("scope_drawing") : grant.scope);
    put("lasts", say("lasts").replace("{idle}", days(grant.idle_seconds))
        .replace("{most}", days(grant.lifetime_seconds)));
    show("found");
}

function hear(answer) {
    if (answer.status === 200) {
        showGrant(answer.body);
    } else if (answer.status === 401) {
        logIn();
    } else {
        show(answer.status === 404 ? "enter" : "again");
        tell(answer.status === 404 ? say("no_such_code")
            : answer.status === 403 ? (bearer === "user" ? say("needs_factor") : say("for_people")) : faultOf(answer));
    }
}

async function look() {
    history.replaceState(null, "", `/link?user_code=${encodeURIComponent(code)}`);
    hear(await ask("GET", path()));
}

translate();
onSubmit("enter", async (fields) => {
    code = fields.user_code.trim();
    await look();
});
onSubmit("again", look);
onSubmit("found", async (fields, button) => {
    const answer = await ask("PUT", path(), {decision: button.value});
    if (answer.status === 409) {
        await look(); // it was decided elsewhere, and that is what counts
    } else {
        hear(answer);
    }
});
// A page that comes back as it was left may be about what was decided since.
addEventListener("pageshow", (event) => {
    if (event.persisted) {
        location.reload();
    }
});
const answer = await whoAsks();
if (answer.status === 401) {
    logIn();
} else if (answer.status !== 200) {
    tell(faultOf(answer));
} else {
    bearer = answer.body.bearer;
    offerLogOut();
    if (code === "") {
        show("enter");
    } else {
        await look();
    }
}
