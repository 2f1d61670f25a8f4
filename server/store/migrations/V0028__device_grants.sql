-- A headset that asks to be linked to a person's account (RFC 8628), until somebody who is logged in allows or denies it,
-- or it is too late. Of its two codes there are hashes alone here; of the one that people type, a keyed one.
CREATE TABLE device_grants (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    device_code_hash BYTEA UNIQUE NOT NULL CHECK (octet_length(device_code_hash) = 32),
    user_code_hash VARCHAR(32) UNIQUE NOT NULL CHECK (user_code_hash ~ '^[0-9a-f]{32}$'),
    client_id VARCHAR(50) NOT NULL,
    client VARCHAR(100),      -- the program, of its User-Agent
    device_name VARCHAR(100), -- as it calls itself
    scope VARCHAR(100) NOT NULL,
    ip_address INET,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    expires_at TIMESTAMPTZ NOT NULL,
    status VARCHAR(10) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'allowed', 'denied', 'redeemed')),
    user_id UUID REFERENCES users(id) ON DELETE CASCADE,                -- who decided
    decided_in UUID REFERENCES token_families(id) ON DELETE SET NULL,   -- the log-in in which they did
    decided_at TIMESTAMPTZ,
    interval_seconds INTEGER NOT NULL DEFAULT 5 CHECK (interval_seconds > 0), -- from one poll to the next
    polled_at TIMESTAMPTZ,                                              -- the last one that was not early
    redeemed_at TIMESTAMPTZ,
    family_id UUID REFERENCES token_families(id) ON DELETE SET NULL,    -- what was given
    CHECK (expires_at > created_at),
    CHECK ((status = 'pending') = (user_id IS NULL)),
    CHECK ((user_id IS NULL) = (decided_at IS NULL)),
    CHECK ((status = 'redeemed') = (redeemed_at IS NOT NULL))
);
CREATE INDEX idx_device_grants_expires_at ON device_grants(expires_at);
CREATE INDEX idx_device_grants_user_id ON device_grants(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_device_grants_decided_in ON device_grants(decided_in) WHERE decided_in IS NOT NULL;
CREATE INDEX idx_device_grants_family_id ON device_grants(family_id) WHERE family_id IS NOT NULL;
-- What nobody has decided is nobody's: it is found by its code alone, by haven_device_grant_try.
SELECT haven_protect_by('device_grants', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job'), false) OR user_id = (SELECT haven_actor_id()) $$);
REVOKE ALL ON device_grants FROM haven_readonly;
