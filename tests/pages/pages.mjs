// The server's own pages in a real browser: a person logs in, links a headset, denies another, confirms an address,
// replaces a password, by keyboard alone; and a page of another origin gets nothing done.
//
// usage: node pages.mjs SERVER_URL FACTS.json; with HAVEN_PAGES_PICTURES=DIR pictures of two pages go there
import assert from "node:assert/strict";
import {createHmac} from "node:crypto";
import {readFileSync} from "node:fs";
import {createServer} from "node:http";
import {Browser} from "./browser.mjs";

const [server, factsFile] = process.argv.slice(2);
const pictures = process.env.HAVEN_PAGES_PICTURES;
const facts = JSON.parse(readFileSync(factsFile, "utf8"));

/** RFC 6238 of a secret in base32. */
function totp(secret, step) {
    const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac("sha1", key).update(counter).digest();
    const at = mac[19] & 15;
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function form(path, members) {
    const response = await fetch(server + path, {method: "POST", body: new URLSearchParams(members)});
    return response.json();
}

function askAsDevice(name) {
    return form("/oauth/device_authorization", {client_id: "haven-xr", device_name: name});
}

function poll(asked) {
    return form("/oauth/token", {client_id: "haven-xr", device_code: asked.device_code,
        grant_type: "urn:ietf:params:oauth:grant-type:device_code"});
}

const browser = await Browser.start();

async function at(path) {
    await browser.until(`location.pathname + location.search === "${path}" && document.readyState === "complete"`);
}

async function fillLogIn(email, password) {
    await browser.type("email", email);
    await browser.tab();
    assert.equal(await browser.evaluate("document.activeElement.id"), "password", "Tab goes on to the password");
    await browser.send("Input.insertText", {text: password});
    await browser.enter();
}

async function logInAndLink() {
    await browser.open(`${server}/link`);
    await at("/log-in?next=%2Flink");
    await fillLogIn(facts.email, "not the password");
    await browser.until(`document.getElementById("message").textContent.startsWith("No account")`);
    await fillLogIn(facts.email, facts.password);
    await browser.isSeen("factor");
    assert.equal(await browser.evaluate("document.activeElement.id"), "code");
    // Within 30 s of its step: what has passed meanwhile is taken too.
    await browser.send("Input.insertText", {text: totp(facts.totp_secret, Math.floor(Date.now() / 30_000))});
    await browser.enter();
    await at("/link");
    await browser.isSeen("enter");

    const {cookies} = await browser.send("Network.getCookies", {urls: [server]});
    assert.equal(cookies.length, 1);
    const {name, domain, path, secure, httpOnly, sameSite, session} = cookies[0];
    assert.deepEqual({name, domain, path, secure, httpOnly, sameSite, session},
        {name: "__Host-haven", domain: new URL(server).hostname, path: "/", secure: true, httpOnly: true,
            sameSite: "Strict", session: true});
    assert.equal(await browser.evaluate("document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)"), "");

    const asked = await askAsDevice("Reading corner");
    assert.equal((await poll(asked)).error, "authorization_pending");
    await browser.type("user_code", asked.user_code.toLowerCase().replace("-", " "));
    await browser.enter();
    await browser.isSeen("found");
    assert.equal(await browser.text("device_name"), "Reading corner");
    assert.match(await browser.text("ip_address"), /^127\.0\.0\.1$/);
    assert.match(await browser.text("lasts"), /90 days.*365 days/);
    await browser.open(`${server}/link?user_code=${asked.user_code}`);
    await browser.isSeen("found");
    if (pictures) {
        await browser.picture(`${pictures}/link.png`);
    }
    assert.equal(await browser.evaluate(`fetch("/v1/auth/devices").then((r) => r.json()).then((l) => l.items.length)`), facts.devices + 1,
        "to look allows nothing");
    await browser.evaluate(`document.querySelector("#found button[value=allow]").focus()`);
    await browser.enter();
    await browser.isSeen("outcome");
    assert.match(await browser.text("said"), /^You allowed it/);
    const granted = await poll(asked);
    assert.equal(granted.scope, "drawing", JSON.stringify(granted));
}

async function deny() {
    const asked = await askAsDevice("Somebody's");
    await browser.open(asked.verification_uri_complete);
    await browser.isSeen("found");
    assert.equal(await browser.text("shown_code"), asked.user_code);
    await browser.evaluate(`document.querySelector("#found button[value=deny]").focus()`);
    await browser.enter();
    await browser.isSeen("outcome");
    await browser.evaluate(`document.querySelector("#outcome a").click()`);
    await at("/");
    await browser.evaluate("setTimeout(() => history.back()) && true");
    await browser.isSeen("outcome");
    assert.match(await browser.text("said"), /^You did not allow it/);
    assert.equal(await browser.evaluate(`document.getElementById("found").checkVisibility()`), false);
    assert.equal((await poll(asked)).error, "access_denied");
}

/** A form that another origin posts: the browser sends the cookie along, for the site is the same, and nothing is done. */
async function forge() {
    const evil = createServer((request, response) => {
        response.setHeader("Content-Type", "text/html");
        response.end(`<form method="post" action="${server}/v1/auth/factors/totp"></form>`);
    });
    await new Promise((done) => evil.listen(0, "127.0.0.1", done));
    await browser.open(`http://127.0.0.1:${evil.address().port}/`);
    await browser.evaluate("document.forms[0].submit()");
    await browser.until(`document.body.innerText.includes("/problems/cross-site")`);
    const refused = browser.answers.findLast((answer) => answer.url.endsWith("/v1/auth/factors/totp"));
    assert.equal(refused.status, 403);
    await browser.open(`http://127.0.0.1:${evil.address().port}/`);
    const read = await browser.evaluate(`fetch("${server}/v1/auth/tokens/current", {credentials: "include"}).then(() => "read", () => "refused")`);
    assert.equal(read, "refused");
    evil.close();
    const blocked = browser.complaints.filter((text) => text.includes("CORS policy"));
    assert.equal(blocked.length, 1);
    browser.complaints = browser.complaints.filter((text) => !/CORS policy|ERR_FAILED.*tokens\/current/.test(text));
}

async function logOut() {
    await browser.open(`${server}/`);
    await browser.isSeen("log-out");
    await browser.evaluate(`document.getElementById("log-out").focus()`);
    await browser.enter();
    await browser.isSeen("out");
    assert.deepEqual((await browser.send("Network.getCookies", {urls: [server]})).cookies, []);
}

/** The code of a letter's link is not left in the address bar, and not in the history. */
async function openLetter(path, token) {
    await browser.open(`${server}${path}#token=${token}`);
    await browser.until(`location.href === "${server}${path}"`);
    assert.equal(await browser.evaluate(`document.querySelector("[data-code]").hidden`), true);
}

async function speak(acceptLanguage) {
    const {userAgent} = await browser.send("Browser.getVersion");
    await browser.send("Emulation.setUserAgentOverride", {userAgent, acceptLanguage});
}

/** A factor that somebody said was lost is kept with the first letter; and it is said again, from the log-in. */
async function lostFactor() {
    await openLetter("/factor-reset-asked", facts.keep_token);
    await browser.evaluate(`document.querySelector("#form button").focus()`);
    await browser.enter();
    await browser.isSeen("done");
    await browser.open(`${server}/log-in`);
    await fillLogIn(facts.email, facts.password);
    await browser.isSeen("factor");
    await browser.evaluate(`document.querySelector("summary").focus()`);
    await browser.enter();
    await browser.isSeen("ask_reset");
    await browser.evaluate(`document.getElementById("ask_reset").focus()`);
    await browser.enter();
    await browser.until(`document.getElementById("message").textContent.startsWith("It is asked")`);
}

async function letters() {
    await openLetter("/verification", facts.verification_token);
    await browser.type("password", facts.new_password_typed);
    await browser.enter();
    await browser.isSeen("done");
    await speak("de-AT,de");
    await openLetter("/reset", facts.reset_token);
    await browser.type("new_password", "password");
    await browser.enter();
    await browser.until(`document.getElementById("message").textContent !== ""`);
    assert.match(await browser.text("message"), /^Das wurde nicht angenommen: Neues Passwort, .*: Zu leicht zu erraten/);
    await speak("en");
    await browser.type("new_password", "a calmer harbour lamp");
    await browser.enter();
    await browser.isSeen("done");
    await browser.open(`${server}/log-in?next=https%3A%2F%2Fevil.example%2F`);
    await fillLogIn(facts.new_email, "a calmer harbour lamp");
    await at("/"); // and not where a stranger's link leads
    await browser.isSeen("log-out");
    await browser.open(`${server}/reset`);
    await browser.type("email", facts.new_email);
    await browser.enter();
    await browser.isSeen("asked");
}

async function languages() {
    await speak("de-AT,de");
    await browser.open(`${server}/log-in`);
    await browser.until(`document.querySelector("h1").textContent === "Anmelden" && document.documentElement.lang === "de"`);
    await openLetter("/factor-reset", "nobodys");
    await browser.evaluate(`document.querySelector("#form button").focus()`);
    await browser.enter();
    await browser.until(`document.getElementById("message").textContent.includes("Dieser Code gilt nicht mehr")`);
}

try {
    await browser.send("Emulation.setDeviceMetricsOverride", {width: 560, height: 830, deviceScaleFactor: 1, mobile: false});
    await browser.send("Emulation.setEmulatedMedia", {features: [{name: "prefers-color-scheme", value: "light"}]});
    if (pictures) {
        await browser.open(`${server}/log-in`);
        await browser.picture(`${pictures}/log-in.png`);
    }
    await lostFactor();
    await logInAndLink();
    await deny();
    await forge();
    await logOut();
    await letters();
    await languages();
    // Statuses that a page asks for and expects are in the console all the same.
    const expected = /^Failed to load resource: the server responded with a status of (401|403|422)/;
    assert.deepEqual(browser.complaints.filter((text) => !expected.test(text)), []);
    assert.ok(browser.answers.every((answer) => /^http:\/\/127\.0\.0\.1:/.test(answer.url)), "nothing of third parties");
} finally {
    await browser.close();
}
