// A person's life, a clinician's and a service's, by a client that is made of the server's own description of itself
// (openapi-typescript, openapi-fetch): what it compiles to is what the description says, and what runs is what the server
// does. Nothing is cast here; where an answer is narrowed, a constant of the narrow type proves it.
// usage: node life.js, with HAVEN_URL, HAVEN_SERVER, DATABASE_URL and HAVEN_MAIL set
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHash, createHmac, randomUUID} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {createServer, type IncomingHttpHeaders} from 'node:http';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type {components, paths} from './api.js';

type Schemas = components['schemas'];

function environment(name: string): string {
    const value = process.env[name];
    assert.ok(value, `${name} is not set`);
    return value;
}

const baseUrl = environment('HAVEN_URL');
const mail = environment('HAVEN_MAIL');
const nobody = createClient<paths>({baseUrl});
const bearing = (token: string) => createClient<paths>({baseUrl, headers: {Authorization: `Bearer ${token}`}});

/** What an authenticator with this secret, in base32, shows now: RFC 6238. */
function codeOf(secret: string): string {
    const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
    const mac = createHmac('sha1', key).update(step).digest();
    return String((mac.readUInt32BE(mac.readUInt8(19) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A UUID of version 7. */
function newId(): string {
    const time = Date.now().toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const now = () => new Date().toISOString();

/** What an answer brings. */
function got<Data>(answer: {data?: Data; error?: unknown; response: Response}): NonNullable<Data> {
    assert.equal(answer.error, undefined, `${answer.response.url}: ${JSON.stringify(answer.error)}`);
    const {data} = answer;
    assert.ok(data !== undefined && data !== null, `${answer.response.url}: nothing`);
    return data;
}

/** Of an answer that brings nothing. */
function done(answer: {error?: unknown; response: Response}): void {
    assert.equal(answer.error, undefined, `${answer.response.url}: ${JSON.stringify(answer.error)}`);
    assert.ok([200, 201, 202, 204].includes(answer.response.status), `${answer.response.status}`);
}

function etagOf(response: Response): string {
    const etag = response.headers.get('ETag');
    assert.ok(etag, `${response.url} has no ETag`);
    return etag;
}

/** The code of a letter to an address, each letter once, as soon as there is one. */
const spent = new Set<string>();
async function codeFor(address: string): Promise<string> {
    mkdirSync(mail, {recursive: true});
    for (;;) {
        for (const name of readdirSync(mail)) {
            const letter = name.endsWith('.eml') && !spent.has(name) ? readFileSync(join(mail, name), 'utf8') : '';
            const code = letter.includes(`\nTo: <${address}>`) && /^ {4}([\w-]{43})\r$/m.exec(letter)?.[1];
            if (code) {
                spent.add(name);
                return code;
            }
        }
        await setImmediate();
    }
}

async function logIn(credentials: Schemas['Credentials']): Promise<Schemas['TokenGrant']> {
    return got(await nobody.POST('/v1/auth/tokens', {body: credentials}));
}

// ---- an account ----

const email = 'ada@example.org';
const password = 'quiet-harbour-lamp';

const {error: unfit} = await nobody.POST('/v1/users', {body: {email: 'ada', password: 'short', consent_data_processing: true}});
assert.ok(unfit?.type === '/problems/invalid-body');
const unfitStatus: 422 = unfit.status;
assert.equal(unfitStatus, 422);
assert.deepEqual(unfit.errors.map((one) => one.pointer).sort(), ['/email', '/password']);

/** What is wrong, in another language: by the code, and the limit that goes with it. */
const german: Record<Schemas['ErrorCode'], (limit?: number) => string> = {
    required: () => 'fehlt', unknown_member: () => 'ist hier nicht bekannt', repeated_member: () => 'steht mehrmals da',
    wrong_type: () => 'ist von anderer Art', not_in_list: () => 'steht nicht zur Wahl', malformed: () => 'hat nicht die richtige Form',
    too_short: (limit) => `hat weniger als ${limit} Zeichen`, too_long: (limit) => `hat mehr als ${limit} Zeichen`,
    too_small: (limit) => `ist zu klein, das Mindeste ist ${limit}`, too_large: (limit) => `ist zu groß, das Höchste ist ${limit}`,
    too_few: (limit) => `sind weniger als ${limit}`, too_many: (limit) => `sind mehr als ${limit}`, not_unique: () => 'kommt zweimal vor',
    not_storable: () => 'kann nicht gespeichert werden', must_be_true: () => 'braucht Ihre Zustimmung', not_allowed: () => 'geht hier nicht',
    no_such_resource: () => 'gibt es nicht', wrong_file: () => 'ist keine solche Datei', wrong_digest: () => 'ist unterwegs verändert worden',
    wrong_code: () => 'gilt nicht', wrong_password: () => 'ist nicht das Passwort', common_password: () => 'errät jeder',
    unchanged: () => 'ist schon so', malware: () => 'ist schädlich'};
const short = unfit.errors.find((one) => one.pointer === '/password');
assert.ok(short);
assert.equal(german[short.code](short.limit), 'hat weniger als 8 Zeichen');

done(await nobody.POST('/v1/users', {body: {email, password, full_name: 'Ada', consent_data_processing: true, consent_motion_trace: true}}));
done(await nobody.POST('/v1/auth/email-verifications', {body: {token: await codeFor(email), password}}));

const {error: wrong} = await nobody.POST('/v1/auth/tokens', {body: {email, password: 'a wrong one'}});
assert.ok(wrong?.status === 401 && wrong.type === '/problems/unauthorized');
const wrongType: '/problems/unauthorized' = wrong.type;
assert.equal(wrongType, '/problems/unauthorized');

const first = await logIn({email, password, device_name: 'the old laptop'});
const bearer: 'user' | 'clinician' = first.bearer;
assert.equal(bearer, 'user');
const adaId = first.bearer_id;

const form = {'Content-Type': 'application/x-www-form-urlencoded'};
const grant = got(await nobody.POST('/oauth/token', {headers: form, body: {grant_type: 'refresh_token', refresh_token: first.refresh_token}}));
assert.notEqual(grant.refresh_token, first.refresh_token);
const {error: none} = await nobody.POST('/oauth/token', {headers: form, body: {grant_type: 'refresh_token', refresh_token: 'none'}});
assert.ok(none && 'error' in none && none.error === 'invalid_grant');

let ada = bearing(grant.access_token);
const seen = await ada.GET('/v1/users/me');
const birth: string | null = got(seen).date_of_birth;
assert.equal(birth, null);

const mergePatch = {'Content-Type': 'application/merge-patch+json'};
const seenFirst = {header: {'If-Match': etagOf(seen.response)}};
const changed = await ada.PATCH('/v1/users/me', {
    params: seenFirst, headers: mergePatch, body: {time_zone: 'Europe/Vienna', location_country: 'Austria'}});
assert.equal(got(changed).location_country, 'Austria');
const {error: stale} = await ada.PATCH('/v1/users/me', {params: seenFirst, headers: mergePatch, body: {location_country: 'Chile'}});
assert.ok(stale?.type === '/problems/precondition-failed');
const staleStatus: 412 = stale.status;
assert.equal(staleStatus, 412);
const held = await ada.GET('/v1/users/me', {params: {header: {'If-None-Match': etagOf(changed.response)}}});
assert.equal(held.response.status, 304);

// ---- consents ----

const consent = newId();
got(await ada.PUT('/v1/consents/{id}', {
    params: {path: {id: consent}}, body: {consent_type: 'research', consent_version: 'v2.0', consent_given: true}}));
assert.equal(got(await ada.GET('/v1/consents', {params: {query: {consent_type: ['research']}}})).items.length, 1);
done(await ada.PUT('/v1/consents/{id}/withdrawal', {params: {path: {id: consent}}, body: {}}));
const consents = got(await ada.GET('/v1/consents/current'));
const withdrawn: string | null = consents.research.withdrawn_at;
assert.ok(withdrawn && !consents.research.given && consents.data_processing.given);

const inForce = got(await ada.GET('/v1/consent-texts', {params: {query: {consent_type: 'research', language: 'fr'}}})).items;
assert.equal(inForce.length, 1);
assert.equal(inForce[0]?.language, 'fr');
const due: boolean = consents.data_processing.renewal_due;
assert.ok(!due);

// ---- how she wants to be told ----

const preferences = await ada.GET('/v1/users/me/notification-preferences');
assert.ok(got(preferences).system.in_app && got(preferences).quiet_hours === null);
const told = got(await ada.PATCH('/v1/users/me/notification-preferences', {
    params: {header: {'If-Match': etagOf(preferences.response)}}, headers: mergePatch, body: {reminder: {letter: true}}}));
assert.ok(told.reminder.letter);
const reminder = {path: {id: newId()}};
assert.equal(got(await ada.PUT('/v1/users/me/reminders/{id}', {
    params: reminder, body: {days: ['monday'], local_time: '08:30'}})).time_zone, 'Europe/Vienna');
assert.equal(got(await ada.GET('/v1/users/me/reminders')).items.length, 1);
done(await ada.DELETE('/v1/users/me/reminders/{id}', {params: reminder}));

// ---- a supervisor, and the service of the web site ----

const made = spawnSync(environment('HAVEN_SERVER'),
    ['add-clinician', '--email', 'ruth@clinic.example', '--name', 'Ruth Grey', '--role', 'supervisor', '--database-url', environment('DATABASE_URL')],
    {input: 'slow-river-under-ice\n', encoding: 'utf8'});
assert.equal(made.status, 0, made.stderr);
const ruthGrant = await logIn({email: 'ruth@clinic.example', password: 'slow-river-under-ice', as: 'clinician'});
assert.equal(ruthGrant.role, 'supervisor');
const ruth = bearing(ruthGrant.access_token);
const authenticator = got(await ruth.POST('/v1/auth/factors/totp'));
assert.equal(got(await ruth.PUT('/v1/auth/factors/totp', {body: {code: codeOf(authenticator.secret)}})).recovery_codes.length, 10);
const asRuthStands = {header: {'If-Match': etagOf((await ruth.GET('/v1/clinicians/me')).response)}};
assert.equal(got(await ruth.PATCH('/v1/clinicians/me', {params: asRuthStands, headers: mergePatch, body: {preferred_language: 'de'}})).preferred_language, 'de');
const service = got(await ruth.POST('/v1/services', {body: {name: 'web', scopes: ['sessions', 'screenings', 'notifications', 'agents', 'speech']}}));
const web = bearing(service.access_token);

// ---- a session ----

const session = newId();
const ofSession = {path: {id: session}};
const begun: Schemas['Session'] = {modality: 'web', started_at: now()};
assert.equal(got(await ada.PUT('/v1/sessions/{id}', {params: ofSession, body: begun})).id, session);
assert.equal((await ada.PUT('/v1/sessions/{id}', {params: ofSession, body: begun})).response.status, 200);
const {error: other} = await ada.PUT('/v1/sessions/{id}', {params: ofSession, body: {...begun, modality: 'vr'}});
assert.ok(other);
switch (other.status) {
case 409: {
    const type: '/problems/conflict' = other.type;
    assert.equal(type, '/problems/conflict');
    break;
}
case 403:
    assert.fail(other.type === '/problems/consent-missing' ? 'a consent is missing' : other.detail);
default:
    assert.fail(`${other.status}: ${other.title}`);
}
const stored = got(await ada.GET('/v1/sessions/{id}', {params: ofSession}));
const modality: 'web' | 'vr' | 'desktop' = stored.modality;
assert.ok(modality === 'web' && stored.environment_id === null && stored.completed_at === null);
const {error: another} = await ada.GET('/v1/sessions/{id}', {params: {path: {id: newId()}}});
assert.ok(another?.type === '/problems/not-found');

got(await ada.PUT('/v1/session-intents/{id}', {
    params: {path: {id: newId()}},
    body: {session_id: session, goal_category: 'personal', intensity_level: 3, readiness_score: 7, recommended_techniques: ['sprint']}}));
const screened = got(await web.PUT('/v1/safety-screenings/{id}', {
    params: {path: {id: newId()}}, body: {session_id: session, input: 'I would like to write about the harbour.', detection_signals: []}}));
assert.ok(screened.safety_status === 'green' && screened.crisis === null);
const {error: notHers} = await ada.GET('/v1/services');
assert.ok(notHers?.status === 403 && notHers.type === '/problems/forbidden');
const screenedSession = await web.GET('/v1/sessions/{id}', {params: ofSession});
assert.equal(got(await web.PUT('/v1/sessions/{id}/status', {
    params: {...ofSession, header: {'If-Match': etagOf(screenedSession.response)}}, body: {status: 'active'}})).status, 'active');

// ---- the service: its batches, what it hears and what it is sent ----

const run = {
    id: newId(), agent_name: 'journaling_coach', output_data: {said: 'Begin.'}, input_tokens: 12,
    tool_calls: [{id: newId(), tool_name: 'rag_retrieve', input_params: {k: 3}}]};
const runs = (items: Schemas['AgentOutputTold'][]) => web.POST('/v1/sessions/{id}/agent-outputs', {params: ofSession, body: {items}});
assert.equal(got(await runs([run])).stored, 2);
const alike = got(await runs([run]));
assert.ok(alike.stored === 0 && alike.repeated === 2);
const {error: contradicts} = await runs([{...run, input_tokens: 13}]);
assert.ok(contradicts?.status === 409 && contradicts.type === '/problems/conflict');
const ofRun = {path: {id: run.id}};
const calls = [{id: newId(), tool_name: 'tts_render', execution_time_ms: 41}];
assert.equal(got(await web.POST('/v1/agent-outputs/{id}/tool-calls', {params: ofRun, body: {items: calls}})).stored, 1);
assert.equal(got(await web.GET('/v1/agent-outputs/{id}/tool-calls', {params: ofRun})).items.length, 2);
const hers = got(await ada.GET('/v1/agent-outputs/{id}', {params: ofRun}));
assert.ok(hers.agent_name === run.agent_name && !('output_data' in hers));

const voice = {text_hash: createHash('sha256').update('calm\nBreathe in.').digest('hex')};
const keep = (bytes: Uint8Array) => web.PUT('/v1/tts-cache/{text_hash}', {
    params: {path: voice, query: {voice_id: 'calm'}}, headers: {'Content-Type': 'application/octet-stream'}, body: bytes,
    bodySerializer: (audio) => audio});
assert.equal((await keep(Buffer.from('ID3 Breathe in.'))).response.status, 201);
assert.equal((await keep(Buffer.from('ID3 Breathe in.'))).response.status, 200);
assert.equal((await keep(Buffer.from('ID3 Breathe out.'))).error?.status, 409);

/** What comes over a stream of events: each kind, and what it says. */
async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<{kind: string; data: string}> {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    for (let text = '', piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const blocks = (text + decoder.decode(piece.value, {stream: true})).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
            const kind = /^event: (.*)$/m.exec(block)?.[1];
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (kind && data) {
                yield {kind, data};
            }
        }
    }
}

const received: {headers: IncomingHttpHeaders; body: string}[] = [];
const receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece) => (body += piece)).on('end', () => {
        received.push({headers: request.headers, body});
        response.writeHead(204).end();
    });
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const listensAt = receiver.address();
assert.ok(listensAt && typeof listensAt === 'object');
const hook = {path: {id: newId()}};
const registered = got(await ruth.PUT('/v1/webhooks/{id}', {
    params: {...hook, header: {'If-None-Match': '*'}},
    body: {service_id: service.id, url: `http://127.0.0.1:${listensAt.port}/haven`, kinds: ['session.moved']}}));
assert.ok('secret' in registered);
const hearing = new AbortController();
const heard = eventsOf(got(await web.GET('/v1/events', {parseAs: 'stream', signal: hearing.signal})));
assert.equal((await heard.next()).value?.kind, 'ready');
const overheard = newId();
got(await ada.PUT('/v1/sessions/{id}', {params: {path: {id: overheard}}, body: {modality: 'web', started_at: now()}}));
for await (const {kind, data} of heard) {
    const event: Schemas['Event'] = JSON.parse(data);
    const named: Schemas['EventKind'] = event.kind;
    assert.ok(named === kind && event.resource_type === 'sessions');
    if (event.resource_id === overheard) {
        break;
    }
}
hearing.abort();
/** The message about it, once it is here; proved as Standard Webhooks has it. */
async function sentAbout(id: string, secret: string): Promise<Schemas['WebhookMessage']> {
    for (;;) {
        for (const {headers, body} of received.splice(0)) {
            const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
            const signature = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(signed).digest('base64');
            assert.equal(headers['webhook-signature'], `v1,${signature}`);
            const message: Schemas['WebhookMessage'] = JSON.parse(body);
            if (message.data.resource_id === id) {
                return message;
            }
        }
        await setImmediate();
    }
}
const message = await sentAbout(overheard, registered.secret);
assert.ok(message.type === 'session.moved' && message.data.resource_type === 'sessions');
assert.equal(got(await ruth.GET('/v1/webhooks/{id}/deliveries', {params: hook})).items.at(0)?.resource_id, overheard);
done(await ruth.DELETE('/v1/webhooks/{id}', {params: hook}));
receiver.close();
receiver.closeAllConnections();
done(await ada.DELETE('/v1/sessions/{id}', {
    params: {path: {id: overheard}, header: {'If-Match': etagOf((await ada.GET('/v1/sessions/{id}', {params: {path: {id: overheard}}})).response)}}}));

// ---- what is made in it ----

const exercise = newId();
got(await ada.PUT('/v1/exercises/{id}', {
    params: {path: {id: exercise}},
    body: {session_id: session, technique: 'sprint', technique_config: {timebox_minutes: 5}, started_at: now()}}));
const text = newId();
got(await ada.PUT('/v1/exercise-artifacts/{id}', {
    params: {path: {id: text}}, body: {exercise_id: exercise, artifact_type: 'text_entry', content_text: 'The lamp is warm.', sealed: true}}));
assert.equal(got(await ada.GET('/v1/exercise-artifacts/{id}', {params: {path: {id: text}}})).content_text, 'The lamp is warm.');
const draft = {exercise_id: exercise, content_text: 'The lamp was warm.', sealed: true};
const begins = await ada.PUT('/v1/exercise-artifacts/{id}/draft', {params: {path: {id: text}, header: {'If-None-Match': '*'}}, body: draft});
assert.ok(begins.response.status === 201 && got(begins).version === 1);
const {error: overwritten} = await ada.PUT('/v1/exercise-artifacts/{id}/draft', {
    params: {path: {id: text}, header: {'If-Match': '"another"'}}, body: {...draft, content_text: ''}});
assert.ok(overwritten?.status === 412 && overwritten.type === '/problems/precondition-failed');
const drafted = await ada.GET('/v1/exercise-artifacts/{id}/draft', {params: {path: {id: text}}});
assert.equal(got(drafted).content_text, draft.content_text);
assert.equal(got(await ada.POST('/v1/exercise-artifacts/{id}/draft/finish', {
    params: {path: {id: text}, header: {'If-Match': etagOf(begins.response)}}})).version, 2);
assert.equal(got(await ada.GET('/v1/exercise-artifacts/{id}/versions/{version}', {
    params: {path: {id: text, version: 1}}})).content_text, 'The lamp is warm.');
const thought = newId();
got(await ada.PUT('/v1/reflections/{id}', {params: {path: {id: thought}}, body: {session_id: session}}));
assert.equal((await ada.DELETE('/v1/reflections/{id}', {params: {path: {id: thought}}})).response.status, 204);
const {error: erased} = await ada.PUT('/v1/reflections/{id}', {params: {path: {id: thought}}, body: {session_id: session}});
assert.ok(erased?.status === 410 && erased.type === '/problems/gone');
const toldEvent = newId();
const happened = {session_id: session, event_data: {action: 'exercise_pause'}, happened_at: now()};
assert.ok('event_data' in got(await ada.PUT('/v1/session-events/{id}', {params: {path: {id: toldEvent}}, body: happened})));
assert.equal((await ada.PUT('/v1/session-events/{id}', {params: {path: {id: toldEvent}}, body: {...happened, event_type: 'error'}})).response.status, 409);
got(await ada.PUT('/v1/exercises/{id}/end', {params: {path: {id: exercise}}, body: {status: 'completed', completed_at: now()}}));
assert.equal(got(await ada.GET('/v1/exercises/{id}', {params: {path: {id: exercise}}})).technique_config?.['timebox_minutes'], 5);

const visit = newId();
const both = newId();
const drawing = newId();
const ofDrawing = {path: {id: drawing}};
got(await ada.PUT('/v1/vr-sessions/{id}', {
    params: {path: {id: visit}},
    body: {parent_session_id: session, environment_id: 'cozy_cabin', environment_config: {light: 'dim'}, started_at: now()}}));
got(await ada.PUT('/v1/exercises/{id}', {params: {path: {id: both}}, body: {session_id: session, started_at: now()}}));
const stroke: Schemas['InkStroke'] = {
    id: newId(), colour: [0.8, 0.25, 0], width_um: 6000, end: 'released',
    t_ms: [20, 500], x: [-2000, 1000], y: [13000, -1000], z: [-5000, 0], pressure: [255, 200]};
const ink: Schemas['BilateralDrawing'] = {
    exercise_id: both, vr_session_id: visit, symmetry_enabled: false, duration_seconds: 20,
    left_hand_strokes: {format: 'haven.ink', version: 2, hand: 'left', strokes: [stroke, {...stroke, id: newId(), removed_ms: 900}]},
    right_hand_strokes: {format: 'haven.ink', version: 1, hand: 'right', strokes: []}};
got(await ada.PUT('/v1/bilateral-drawings/{id}', {params: ofDrawing, body: ink}));
const drawn = got(await ada.GET('/v1/bilateral-drawings/{id}', {params: ofDrawing}));
assert.equal(drawn.stroke_count, 1);
assert.deepEqual(drawn.left_hand_strokes.strokes.map((one) => one.removed_ms), [undefined, 900]);
const canvas = got(await ada.GET('/v1/bilateral-drawings/{id}/canvases/{sheet}', {
    params: {path: {id: drawing, sheet: 'combined'}}, parseAs: 'arrayBuffer'}));
assert.equal(Buffer.from(canvas).toString('latin1', 1, 4), 'PNG');
const thumbnail = got(await ada.GET('/v1/bilateral-drawings/{id}/canvases/{sheet}', {
    params: {path: {id: drawing, sheet: 'thumbnail'}}, parseAs: 'arrayBuffer'}));
assert.equal(Buffer.from(thumbnail).readUInt32BE(16), 256);
const model = got(await ada.GET('/v1/bilateral-drawings/{id}/model.glb', {params: ofDrawing, parseAs: 'arrayBuffer'}));
assert.equal(Buffer.from(model).toString('latin1', 0, 4), 'glTF');
const view = got(await ada.GET('/v1/bilateral-drawings/{id}/view.svg', {params: ofDrawing, parseAs: 'text'}));
assert.ok(String(view).startsWith('<svg'));
const {error: noMotion} = await ada.GET('/v1/bilateral-drawings/{id}/trace.csv', {params: ofDrawing});
assert.ok(noMotion?.type === '/problems/not-found');

// A piece of the motion that leaves a gap: the server says where it is.
const piece = new Uint8Array([1, 2, 3]);
const {error: gap} = await ada.PUT('/v1/bilateral-drawings/{id}/trace/{offset}', {
    params: {path: {id: drawing, offset: 7}, header: {'Content-Digest': 'sha-256=:A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc+4E=:'}},
    headers: {'Content-Type': 'application/octet-stream'}, body: piece, bodySerializer: (bytes) => bytes});
assert.ok(gap?.type === '/problems/trace-offset');
const expected: number = gap.upload_offset;
assert.equal(expected, 0);

done(await ada.PUT('/v1/vr-sessions/{id}/end', {params: {path: {id: visit}}, body: {ended_at: now()}}));
done(await ada.PUT('/v1/exercises/{id}/end', {params: {path: {id: both}}, body: {completed_at: now()}}));
got(await ada.PUT('/v1/reflections/{id}', {
    params: {path: {id: newId()}}, body: {session_id: session, recurring_themes: ['rest'], emotional_tone: 'calm', sentiment_score: 0.4}}));
done(await ada.PUT('/v1/sessions/{id}/end', {params: ofSession, body: {completed_at: now()}}));
done(await ada.PUT('/v1/sessions/{id}/feedback', {params: ofSession, body: {satisfaction: 5}}));
const progress = got(await ada.GET('/v1/users/me/progress'));
assert.ok(progress.completed_sessions === 1 && progress.achievements.includes('first_reflection'));

// ---- lists, page by page ----

const grave = newId();
for (const id of [newId(), newId(), newId(), grave]) {
    got(await ada.PUT('/v1/sessions/{id}', {params: {path: {id}}, body: {modality: 'desktop', started_at: now()}}));
}
const sessions = new Set<string>();
let pages = 0;
for (let cursor: string | undefined, more = true; more; ++pages) {
    const page = got(await ada.GET('/v1/sessions', {params: {query: {limit: 2, cursor}}}));
    page.items.forEach((one) => sessions.add(one.id));
    cursor = page.next_cursor;
    more = cursor !== undefined;
}
assert.ok(pages === 3 && sessions.size === 5 && sessions.has(session));
const {error: noCursor} = await ada.GET('/v1/sessions', {params: {query: {cursor: 'none'}}});
assert.ok(noCursor?.type === '/problems/invalid-parameter');
const early = got(await ada.GET('/v1/sessions', {params: {query: {status: ['created', 'active'], sort: 'oldest', to: now()}}}));
assert.ok(early.items.every((one) => one.status === 'created' || one.status === 'active'));

// ---- looking back, in one request ----

const looked = got(await ada.GET('/v1/sessions/{id}/page', {params: ofSession}));
assert.ok(looked.session.id === session && looked.reflections?.items.length === 1 && !looked.reflections.more);
const outline = looked.exercises?.items.flatMap((one) => one.drawings?.items ?? []).at(0);
assert.ok(outline?.id === drawing && outline.canvases.combined.endsWith('/combined'));
const back = got(await ada.GET('/v1/users/me/timeline', {params: {query: {limit: 1, sort: 'oldest', types: ['reflections']}}}));
assert.deepEqual(back.items.map((one) => [one.session.id, one.intents]), [[session, undefined]]);
assert.ok(back.next_cursor);

// ---- a grave one, and its review ----

const found = got(await web.PUT('/v1/safety-screenings/{id}', {
    params: {path: {id: newId()}},
    body: {session_id: grave, input: 'It is too much.', detection_signals: [{signal: 'hopelessness', severity: 'severe', confidence: 0.9}]}}));
assert.ok(found.crisis && found.crisis.resources_provided.length > 0);
const once = {header: {'Idempotency-Key': newId()}};
const claimed = got(await ruth.POST('/v1/hitl-escalations/claims', {params: once}));
assert.equal(got(await ruth.POST('/v1/hitl-escalations/claims', {params: once})).id, claimed.id);
assert.equal(claimed.session_context?.screenings?.[0]?.safety_status, 'red');
const reviewed = got(await ruth.PUT('/v1/hitl-escalations/{id}/review', {
    params: {path: {id: claimed.id}}, body: {clinician_action: 'approve_as_is', revision: claimed.revision}}));
assert.ok(reviewed.review_status === 'approved' && reviewed.reviews.length === 1);
const {error: decided} = await ruth.PUT('/v1/hitl-escalations/{id}/review', {
    params: {path: {id: claimed.id}}, body: {clinician_action: 'reject_and_replace', revision: claimed.revision}});
assert.ok(decided?.status === 409);
done(await ruth.PUT('/v1/clinicians/{id}/users/{user_id}', {params: {path: {id: ruthGrant.bearer_id, user_id: adaId}}}));
assert.equal(got(await ruth.GET('/v1/users/{id}', {params: {path: {id: adaId}}})).full_name, 'Ada');
assert.ok(got(await ruth.GET('/v1/users', {params: {query: {search: 'ada'}}})).items.some((one) => one.user_id === adaId));
assert.ok(got(await ruth.GET('/v1/users/{id}/timeline', {params: {path: {id: adaId}}})).items.every((one) => !one.vr_sessions));
assert.ok(got(await ada.GET('/v1/notifications')).items.some((one) => one.notification_type === 'session_reviewed'));

// ---- log-ins, a forgotten password, the end ----

const devices = got(await ada.GET('/v1/auth/devices')).items;
assert.deepEqual(devices.map((one) => [one.device_name, one.current]), [['the old laptop', true]]);

done(await nobody.POST('/v1/auth/password-resets', {body: {email}}));
const next = 'another-quiet-harbour';
done(await nobody.PUT('/v1/auth/password-resets', {body: {token: await codeFor(email), new_password: next}}));
const {error: over} = await ada.GET('/v1/users/me');
assert.ok(over?.type === '/problems/unauthorized');

ada = bearing((await logIn({email, password: next})).access_token);
const lost = got(await ada.POST('/v1/auth/factors/totp'));
got(await ada.PUT('/v1/auth/factors/totp', {body: {code: codeOf(lost.secret)}}));
done(await nobody.POST('/v1/auth/factor-resets', {body: {email, password: next}}));
done(await nobody.PUT('/v1/auth/factor-resets', {body: {token: await codeFor(email), decision: 'keep'}}));
done(await ada.DELETE('/v1/auth/factors/totp'));
done(await ada.DELETE('/v1/auth/devices'));
assert.equal((await ada.GET('/v1/auth/devices')).error?.status, 401);

ada = bearing((await logIn({email, password: next})).access_token);
done(await ada.DELETE('/v1/users/me'));
assert.equal((await ada.GET('/v1/users/me')).error?.status, 401);
const {error: closed} = await nobody.POST('/v1/auth/tokens', {body: {email, password: next}});
assert.equal(closed?.type, '/problems/unauthorized');
console.log('typed client: a life from the first letter to the last');
