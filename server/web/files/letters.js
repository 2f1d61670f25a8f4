// What letters lead to: /verification, /address, /reset, /invitation, /factor-reset and /factor-reset-asked, each with its code
// behind the #.
import {ask, faultOf, onSubmit, show, tell} from "./api.js";
import {translate} from "./words.js";

let token = "";

/** The code, which does not stay in the address. */
function takeToken() {
    token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
    history.replaceState(null, "", location.pathname);
    for (const field of document.querySelectorAll("[data-code]")) {
        field.hidden = token !== "";
        field.querySelector("input").required = token === "";
    }
}

/** What each page's form asks for, with the letter's code and the form's fields. */
const requests = {
    verification: (token, {password}) => ["POST", "/v1/auth/email-verifications", {token, password}],
    address: (token) => ["POST", "/v1/auth/email-verifications", {token}],
    reset: (token, {new_password}) => ["PUT", "/v1/auth/password-resets", {token, new_password}],
    "factor-reset": (token) => ["PUT", "/v1/auth/factor-resets", {token, decision: "reset"}],
    "factor-reset-asked": (token) => ["PUT", "/v1/auth/factor-resets", {token, decision: "keep"}],
    invitation: (token, {password}) => ["POST", "/v1/auth/invitations", {token, password}],
};

function hear(answer, done) {
    if (answer.status >= 200 && answer.status < 300) {
        show(done);
        return;
    }
    tell(faultOf(answer));
}

translate();
takeToken();
addEventListener("hashchange", () => location.hash !== "" && takeToken());
const page = document.body.dataset.page;
onSubmit("form", async (fields) => {
    hear(await ask(...requests[page](token === "" ? fields.code.trim() : token, fields)), "done");
});
if (page === "reset") {
    onSubmit("letter", async ({email, clinician}) => {
        const as = clinician ? "clinician" : "user";
        hear(await ask("POST", "/v1/auth/password-resets", {email, as}), "asked");
    });
    show(token === "" ? "letter" : "form");
    document.getElementById("have_code").addEventListener("click", () => show("form"));
}
