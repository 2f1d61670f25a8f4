import {ask, faultOf, onSubmit, tell} from "./api.js";
import {say, translate} from "./words.js";

const pages = ["/", "/link"];

/** Where to go then: a page of ours, whatever the address says. */
function next() {
    const wanted = new URLSearchParams(location.search).get("next") ?? "/";
    if (!URL.canParse(wanted, location.origin)) {
        return "/";
    }
    const url = new URL(wanted, location.origin);
    const ours = wanted.startsWith("/") && url.origin === location.origin && pages.includes(url.pathname);
    return ours ? url.pathname + url.search : "/";
}

translate();
onSubmit("form", async ({email, password, clinician, code}) => {
    const credentials = {email, password, as: clinician ? "clinician" : "user", cookie: true};
    if (code.trim() !== "") {
        credentials.code = code.trim();
    }
    const answer = await ask("POST", "/v1/auth/tokens", credentials);
    if (answer.status === 204) {
        location.replace(next());
    } else if (answer.body.type === "/problems/second-factor-needed") {
        document.getElementById("factor").hidden = false;
        document.getElementById("code").focus();
        tell(say("code_needed"));
    } else {
        tell(answer.status === 401 ? say("wrong_credentials") : faultOf(answer));
    }
});
document.getElementById("ask_reset").addEventListener("click", async ({target}) => {
    const {email, password} = Object.fromEntries(new FormData(document.getElementById("form")));
    target.disabled = true;
    const answer = await ask("POST", "/v1/auth/factor-resets", {email, password});
    target.disabled = false;
    tell(answer.status === 202 ? say("factor_reset_asked")
        : answer.status === 401 ? say("wrong_credentials") : faultOf(answer));
});
