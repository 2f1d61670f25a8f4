-- What POSTs that came with an Idempotency-Key were answered with, for 24 hours: the same again is the same, and is not
-- carried out twice. Of keys and requests there are hashes alone; what is told once is not kept.
CREATE TABLE idempotency_keys (
    actor_id UUID NOT NULL DEFAULT haven_actor_id(), -- a user, a clinician or a service
    route VARCHAR(100) NOT NULL,
    key_hash BYTEA NOT NULL CHECK (octet_length(key_hash) = 32),
    request_digest BYTEA NOT NULL CHECK (octet_length(request_digest) = 32),
    answer_status INTEGER, -- NULL: it is being carried out, which its transaction alone sees
    body TEXT,
    place VARCHAR(200), -- where GET finds what was answered
    subjects UUID[],
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (actor_id, route, key_hash)
);
CREATE INDEX idx_idempotency_keys_actor_id ON idempotency_keys(actor_id, created_at);
CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys(created_at);
SELECT haven_protect_by('idempotency_keys', $$
    coalesce((SELECT haven_actor()) = 'job', false) OR actor_id = (SELECT haven_actor_id()) $$);
REVOKE ALL ON idempotency_keys FROM haven_readonly;

-- Their arguments are others now, or nobody asks them any more.
DROP FUNCTION IF EXISTS haven_invalid(uuid, text, text), haven_claim(text, uuid, jsonb), haven_receipt(uuid, jsonb),
    haven_kept(text, uuid, jsonb, jsonb), haven_is_kept(text, uuid), haven_again(text, uuid, jsonb, jsonb),
    exercise_put_guidance(uuid, jsonb, jsonb);

-- An older program would not tell a headset what it has received: writes answer the resource now, and the server adds that.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 33;
