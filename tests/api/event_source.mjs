// Listens to /v1/events as a browser would, by the package `eventsource`: it comes again by itself, with the id of the last
// event that it heard. What it hears becomes a line each: the kind, and what it is about.
// usage: node event_source.mjs PATH_OF_EVENTSOURCE SERVER_URL, with HAVEN_TOKEN set
import assert from 'node:assert/strict';
import {pathToFileURL} from 'node:url';

const [path, server] = process.argv.slice(2);
const {EventSource} = await import(pathToFileURL(path));
const token = process.env.HAVEN_TOKEN;
assert.ok(token, 'HAVEN_TOKEN is not set');

const source = new EventSource(`${server}/v1/events`, {
    fetch: (url, init) => fetch(url, {...init, headers: {...init.headers, Authorization: `Bearer ${token}`}}),
});
for (const kind of ['ready', 'reset', 'end', 'session.moved']) {
    source.addEventListener(kind, (event) => {
        const told = JSON.parse(event.data);
        assert.equal(told.kind, kind);
        console.log(told.resource_id ? `${kind} ${told.resource_id}` : kind);
    });
}
source.addEventListener('error', (event) => console.error(`${event.code ?? ''} ${event.message ?? 'it ended'}`));
