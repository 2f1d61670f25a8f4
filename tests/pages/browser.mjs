// A real browser, driven by its own protocol over two pipes: no library stands between.
import {spawn} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";

const timeMaxMs = 30_000;

export class Browser {
    #process;
    #profile;
    #waiting = new Map();
    #last = 0;
    #session;
    #ended;
    complaints = []; // what the console was told that is wrong
    answers = []; // {url, status, type}: of every request

    static async start() {
        const browser = new Browser();
        browser.#profile = mkdtempSync(join(tmpdir(), "haven-browser-"));
        browser.#process = spawn("chromium", ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking", "--remote-debugging-pipe", "--lang=en",
            `--user-data-dir=${browser.#profile}`, "about:blank"], {stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"]});
        let said = "";
        browser.#process.stderr.on("data", (bytes) => (said = (said + bytes).slice(-4000)));
        browser.#process.on("exit", () => browser.#fail(new Error(`chromium ended: ${said}`)));
        browser.#process.on("error", (error) => browser.#fail(error));
        let half = "";
        browser.#process.stdio[4].setEncoding("utf8").on("data", (text) => {
            const messages = (half + text).split("\0");
            half = messages.pop();
            messages.forEach((message) => browser.#hear(JSON.parse(message)));
        });
        const {targetInfos} = await browser.#send("Target.getTargets");
        const page = targetInfos.find((target) => target.type === "page");
        browser.#session = (await browser.#send("Target.attachToTarget", {targetId: page.targetId, flatten: true})).sessionId;
        for (const domain of ["Page", "Runtime", "Log", "Network"]) {
            await browser.send(`${domain}.enable`);
        }
        return browser;
    }

    async close() {
        // Not "exit": its children, who have its stderr, write to the profile until they end, too.
        const ended = new Promise((done) => this.#process.once("close", done));
        this.#process.kill();
        await ended;
        rmSync(this.#profile, {recursive: true, force: true});
    }

    #fail(error) {
        this.#ended = error;
        for (const {reject} of this.#waiting.values()) {
            reject(error);
        }
        this.#waiting.clear();
    }

    #hear({id, result, error, method, params}) {
        if (id !== undefined) {
            const {resolve, reject} = this.#waiting.get(id) ?? {};
            this.#waiting.delete(id);
            error ? reject?.(new Error(error.message)) : resolve?.(result);
        } else if (method === "Runtime.exceptionThrown") {
            this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        } else if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type)) {
            this.complaints.push(params.args.map((each) => each.value ?? each.description).join(" "));
        } else if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level)) {
            this.complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
        } else if (method === "Network.responseReceived") {
            this.answers.push({url: params.response.url, status: params.response.status, type: params.type});
        }
    }

    #send(method, params = {}, sessionId = undefined) {
        const id = ++this.#last;
        return new Promise((resolve, reject) => {
            if (this.#ended) {
                reject(this.#ended);
                return;
            }
            this.#waiting.set(id, {resolve, reject});
            this.#process.stdio[3].write(`${JSON.stringify({id, method, params, sessionId})}\0`);
        });
    }

    send(method, params = {}) {
        return this.#send(method, params, this.#session);
    }

    /** What an expression is in the page; a promise is awaited. */
    async evaluate(expression) {
        const {result, exceptionDetails} =
            await this.send("Runtime.evaluate", {expression, awaitPromise: true, returnByValue: true});
        if (exceptionDetails) {
            throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
        }
        return result.value;
    }

    /** Until it is true, whatever pages come and go meanwhile. */
    async until(expression) {
        for (const end = Date.now() + timeMaxMs; Date.now() < end;) {
            try {
                if (await this.evaluate(expression)) {
                    return;
                }
                await this.evaluate("new Promise((done) => requestAnimationFrame(done))");
            } catch {
                if (this.#ended) {
                    throw this.#ended;
                } // else one page goes and another comes
            }
        }
        throw new Error(`never: ${expression}; at ${await this.evaluate("location.href + ' ' + document.body?.innerText")}`);
    }

    async open(url) {
        await this.evaluate("window.left = true");
        await this.send("Page.navigate", {url});
        await this.until("window.left === undefined && document.readyState === 'complete'");
    }

    /** As with the keyboard. */
    async type(id, text) {
        await this.evaluate(`document.getElementById("${id}").focus(); document.getElementById("${id}").value = ""`);
        await this.send("Input.insertText", {text});
    }

    async press(key, code = key, keyCode = 0, text = undefined) {
        const stroke = {key, code, windowsVirtualKeyCode: keyCode, text};
        await this.send("Input.dispatchKeyEvent", {type: "keyDown", ...stroke});
        await this.send("Input.dispatchKeyEvent", {type: "keyUp", ...stroke});
    }

    enter() {
        return this.press("Enter", "Enter", 13, "\r");
    }

    tab() {
        return this.press("Tab", "Tab", 9);
    }

    text(id) {
        return this.evaluate(`document.getElementById("${id}").textContent`);
    }

    isSeen(id) {
        return this.until(`document.getElementById("${id}")?.checkVisibility() === true`);
    }

    async picture(file) {
        const {data} = await this.send("Page.captureScreenshot", {format: "png"});
        writeFileSync(file, Buffer.from(data, "base64"));
    }
}
