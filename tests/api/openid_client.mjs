// What openid-client, a certified client of OAuth and OpenID Connect, makes of the server: it finds the endpoints by the
// metadata, links a device by the device grant, refreshes and revokes.
// usage: node openid_client.mjs PATH_OF_OPENID_CLIENT SERVER_URL ACCESS_TOKEN_OF_A_PERSON
import assert from 'node:assert/strict';
import {pathToFileURL} from 'node:url';

const [path, server, token] = process.argv.slice(2);
const client = await import(pathToFileURL(path));

async function api(method, where, body, token) {
    const answer = await fetch(server + where, {
        method,
        headers: {'Content-Type': 'application/json', ...(token && {Authorization: `Bearer ${token}`})},
        body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${where}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
}

const {bearer_id: person} = await api('GET', '/v1/auth/tokens/current', undefined, token);
const decide = (asked, decision) =>
    api('PUT', `/v1/auth/device-grants/${asked.user_code}`, {decision}, token);

const config = await client.discovery(new URL(server), 'haven-xr', undefined, client.None(), {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
});
assert.equal(config.serverMetadata().issuer, server);

// The person decides once the device has been told to slow down.
const heard = [];
let atSlowDown = () => {};
config[client.customFetch] = async (...request) => {
    const answer = await fetch(...request);
    const text = await answer.text();
    if (answer.status === 400) {
        const {error} = JSON.parse(text);
        heard.push(error);
        if (error === 'slow_down') {
            await atSlowDown();
        }
    }
    return new Response(text, answer);
};

const asked = await client.initiateDeviceAuthorization(config, {scope: 'drawing', device_name: 'openid-client'});
assert.match(asked.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
assert.ok(asked.expires_in <= 600 && asked.interval === 5);
atSlowDown = () => decide(asked, 'allow');
const tokens = await client.pollDeviceAuthorizationGrant(config, {...asked, interval: 0.05});
assert.deepEqual(heard, ['authorization_pending', 'slow_down']);
assert.equal(tokens.scope, 'drawing');
const bearer = await api('GET', '/v1/auth/tokens/current', undefined, tokens.access_token);
assert.equal(bearer.bearer_id, person);

// One that is denied.
const second = await client.initiateDeviceAuthorization(config, {});
await decide(second, 'deny');
await assert.rejects(client.pollDeviceAuthorizationGrant(config, {...second, interval: 0.05}), {error: 'access_denied'});

// Refreshed, and revoked.
const next = await client.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(next.refresh_token, tokens.refresh_token);
assert.equal((await api('GET', '/v1/auth/tokens/current', undefined, next.access_token)).bearer_id, person);
await client.tokenRevocation(config, next.refresh_token);
await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), {error: 'invalid_grant'});
const over = await fetch(server + '/v1/auth/tokens/current', {headers: {Authorization: `Bearer ${next.access_token}`}});
assert.equal(over.status, 401);
console.log('openid-client: linked, denied, refreshed, revoked');
