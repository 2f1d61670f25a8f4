// The API, asked as a page of this server: the browser adds the cookie of the log-in, and what changes something says
// what only these pages know.
import {say} from "./words.js";

let csrfToken = "";

/** @returns {Promise<{status: number, body: object, wait: number}>} status 0: no answer came; wait: seconds. */
export async function ask(method, path, body) {
    const headers = {};
    if (body !== undefined) {
        headers["Content-Type"] = "application/json";
    }
    if (method !== "GET" && csrfToken !== "") {
        headers["X-CSRF-Token"] = csrfToken;
    }
    const request = {method, headers, cache: "no-store", redirect: "error"};
    if (body !== undefined) {
        request.body = JSON.stringify(body);
    }
    try {
        const response = await fetch(path, request);
        const text = await response.text();
        return {
            status: response.status,
            body: text === "" ? {} : JSON.parse(text),
            wait: Number(response.headers.get("Retry-After") ?? 0),
        };
    } catch {
        return {status: 0, body: {}, wait: 0};
    }
}

/** Who is logged in here; a status of 401: nobody. */
export async function whoAsks() {
    const answer = await ask("GET", "/v1/auth/tokens/current");
    csrfToken = answer.body.csrf_token ?? "";
    return answer;
}

/** Shows the way out where somebody is in. */
export function offerLogOut() {
    const button = document.getElementById("log-out");
    button.hidden = false;
    button.addEventListener("click", async () => {
        const answer = await ask("DELETE", "/v1/auth/tokens/current");
        if (answer.status === 204 || answer.status === 401) {
            location.assign("/");
        } else {
            tell(faultOf(answer));
        }
    });
}

const faults = new Map([
    ["required", say("fault_required")],
    ["malformed", say("fault_malformed")],
    ["too_short", say("fault_too_short")],
    ["too_long", say("fault_too_long")],
    ["common_password", say("fault_common_password")],
    ["wrong_password", say("fault_wrong_password")],
]);

/** What is wrong with one member of a request, with what the page calls its field. */
function faultOfMember({pointer, code, limit}) {
    if (pointer === "/token") {
        return say("code_over");
    }
    const field = document.getElementById(pointer.slice(1))?.labels?.[0]?.textContent;
    const fault = (faults.get(code) ?? say("fault_other")).replace("{limit}", String(limit));
    return field === undefined ? fault : `${field}: ${fault}`;
}

/** What is said of an answer that is none of those a page expects. */
export function faultOf(answer) {
    switch (answer.status) {
        case 0:
            return say("no_answer");
        case 422:
            return `${say("not_taken")} ${answer.body.errors?.map(faultOfMember).join(" ") ?? ""}`;
        case 429:
            return say("too_often").replace("{minutes}", String(Math.max(1, Math.ceil(answer.wait / 60))));
        case 503:
            return say("busy");
        default:
            return say("went_wrong");
    }
}

/** One message at a time, read out by screen readers. */
export function tell(text) {
    document.getElementById("message").textContent = text;
}

/** Shows one of the page's parts, by its id, and no other. */
export function show(id) {
    for (const part of document.querySelectorAll("[data-part]")) {
        part.hidden = part.id !== id;
    }
}

/** What a form's button does; while it is done it does nothing more. */
export function onSubmit(id, act) {
    const form = document.getElementById(id);
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const buttons = form.querySelectorAll("button");
        buttons.forEach((button) => (button.disabled = true));
        tell("");
        try {
            await act(Object.fromEntries(new FormData(form)), event.submitter);
        } finally {
            buttons.forEach((button) => (button.disabled = false));
        }
    });
}
