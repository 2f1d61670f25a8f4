-- One log-in of one bearer is one family: what a person knows as a device, which can be listed and ended. Its
-- access tokens live minutes; its refresh token is spent for the next one.
CREATE TABLE token_families (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID REFERENCES users(id) ON DELETE CASCADE,
    clinician_id UUID REFERENCES clinicians(id) ON DELETE CASCADE,
    service_id UUID REFERENCES services(id) ON DELETE CASCADE,
    came_by VARCHAR(20) NOT NULL CHECK (came_by IN ('password', 'device', 'service')),
    client VARCHAR(100),      -- the program, of its User-Agent
    device_name VARCHAR(100), -- as the person will know it again
    scopes TEXT[] NOT NULL,
    factors TEXT[] NOT NULL DEFAULT '{}', -- by which it was proved who it is
    authenticated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    last_used_at TIMESTAMPTZ NOT NULL DEFAULT NOW(), -- to the minute
    idle_lifetime INTERVAL,                          -- NULL: it cannot be refreshed
    idle_expires_at TIMESTAMPTZ NOT NULL,            -- moved on by each refresh
    expires_at TIMESTAMPTZ NOT NULL,                 -- and never beyond this
    revoked_at TIMESTAMPTZ,
    revoked_why VARCHAR(20) CHECK (revoked_why IN ('logged_out', 'ended', 'password_changed', 'account_closed',
                                                   'reused', 'revoked', 'suspended')),
    CONSTRAINT token_families_one_bearer CHECK (num_nonnulls(user_id, clinician_id, service_id) = 1),
    CHECK (idle_expires_at <= expires_at),
    CHECK ((revoked_at IS NULL) = (revoked_why IS NULL))
);
CREATE INDEX idx_token_families_user_id ON token_families(user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX idx_token_families_clinician_id ON token_families(clinician_id, created_at) WHERE clinician_id IS NOT NULL;
CREATE INDEX idx_token_families_service_id ON token_families(service_id, created_at) WHERE service_id IS NOT NULL;
CREATE INDEX idx_token_families_idle_expires_at ON token_families(idle_expires_at);
SELECT haven_protect_by('token_families', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job'), false)
    OR coalesce((SELECT haven_actor_id()) IN (user_id, clinician_id, service_id), false) $$);

-- What is held already: each token a family of its own, without a refresh token. A service's is good for a year from
-- now, or less where it was.
ALTER TABLE access_tokens ADD COLUMN family_id UUID;
UPDATE access_tokens SET family_id = gen_random_uuid();
UPDATE access_tokens SET expires_at = now() + interval '1 year'
WHERE service_id IS NOT NULL AND expires_at > now() + interval '1 year';
ALTER TABLE services ADD COLUMN scopes TEXT[];
UPDATE services SET scopes = '{sessions,consents,screenings,agents,prompts,speech,notifications,analytics}';
ALTER TABLE services ALTER COLUMN scopes SET NOT NULL;
SELECT haven_protect_by('services', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job') OR (SELECT haven_actor_role()) = 'supervisor', false) $$);
INSERT INTO token_families (id, user_id, clinician_id, service_id, came_by, scopes, factors, authenticated_at, created_at,
                            last_used_at, idle_expires_at, expires_at, revoked_at, revoked_why)
SELECT family_id, user_id, clinician_id, service_id, CASE WHEN service_id IS NULL THEN 'password' ELSE 'service' END,
       CASE WHEN user_id IS NOT NULL THEN '{account,journal,drawing}'::text[]
            WHEN clinician_id IS NOT NULL THEN '{account,care,clinic}'
            ELSE (SELECT services.scopes FROM services WHERE services.id = service_id) END,
       CASE WHEN service_id IS NULL THEN '{password}'::text[] ELSE '{}' END, created_at, created_at,
       coalesce(last_used_at, created_at), expires_at, expires_at, revoked_at,
       CASE WHEN revoked_at IS NOT NULL THEN 'revoked' END
FROM access_tokens;

DROP POLICY haven_rows ON access_tokens;
ALTER TABLE access_tokens
    ALTER COLUMN family_id SET NOT NULL,
    ADD FOREIGN KEY (family_id) REFERENCES token_families(id) ON DELETE CASCADE,
    DROP COLUMN user_id, DROP COLUMN clinician_id, DROP COLUMN service_id, DROP COLUMN last_used_at;
CREATE INDEX idx_access_tokens_family_id ON access_tokens(family_id);
SELECT haven_protect_by('access_tokens', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job'), false)
    OR EXISTS (SELECT FROM token_families WHERE token_families.id = family_id) $$);

-- A family has one that is not spent, and keeps those that are: who brings one of them has stolen it, or was stolen
-- from.
CREATE TABLE refresh_tokens (
    token_hash BYTEA PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    family_id UUID NOT NULL REFERENCES token_families(id) ON DELETE CASCADE,
    access_hash BYTEA NOT NULL, -- of the access token that was given with it
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    used_at TIMESTAMPTZ,
    successor_hash BYTEA,
    CHECK ((used_at IS NULL) = (successor_hash IS NULL))
);
CREATE UNIQUE INDEX idx_refresh_tokens_unspent ON refresh_tokens(family_id) WHERE used_at IS NULL;
CREATE INDEX idx_refresh_tokens_family_id ON refresh_tokens(family_id);
CREATE INDEX idx_refresh_tokens_used_at ON refresh_tokens(used_at) WHERE used_at IS NOT NULL;
SELECT haven_protect_by('refresh_tokens', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job'), false)
    OR EXISTS (SELECT FROM token_families WHERE token_families.id = family_id) $$);
REVOKE ALL ON token_families, refresh_tokens FROM haven_readonly;

-- Their arguments are others now.
DROP FUNCTION IF EXISTS token_grant(bytea, uuid, interval, text, text), token_revoke(bytea), haven_end_tokens(uuid, bytea),
    clinician_token_grant(bytea, uuid, interval, text, text), haven_change_password(uuid, text, text, bytea),
    password_put(text, text, bytea);

-- An older program would let a token do what its scopes do not allow.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 27;
