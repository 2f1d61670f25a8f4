// A file as Chromium shows it, as a picture: what the console complains of, or what the file fetches, ends it with 1.
//
// usage: node picture.mjs FILE WIDTH_PX HEIGHT_PX OUT.png
import {pathToFileURL} from "node:url";
import {Browser} from "./browser.mjs";

const [file, width, height, out] = process.argv.slice(2);
const browser = await Browser.start();
try {
    await browser.send("Emulation.setDeviceMetricsOverride",
        {width: Number(width), height: Number(height), deviceScaleFactor: 1, mobile: false});
    const {href} = pathToFileURL(file);
    await browser.open(href);
    await browser.picture(out);
    console.log(await browser.evaluate("document.title || document.querySelector('title')?.textContent || ''"));
    const fetched = browser.answers.filter((one) => one.url !== href);
    [...browser.complaints, ...fetched.map((one) => `fetched ${one.url}`)].forEach((one) => console.error(one));
    process.exitCode = browser.complaints.length + fetched.length > 0 ? 1 : 0;
} finally {
    await browser.close();
}
