-- A second factor of a person or clinician: TOTP (RFC 6238). One counts, and one may wait to be confirmed, which takes
-- its place. The secret is sealed under the master key; whoever has the database alone makes no code.
CREATE TABLE second_factors (
    id UUID PRIMARY KEY,
    user_id UUID REFERENCES users(id) ON DELETE CASCADE,
    clinician_id UUID REFERENCES clinicians(id) ON DELETE CASCADE,
    sealed_secret BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    confirmed_at TIMESTAMPTZ, -- NULL: no log-in asks for it yet
    last_step BIGINT,         -- the newest 30 s of which a code was taken: each once
    CONSTRAINT second_factors_one_bearer CHECK (num_nonnulls(user_id, clinician_id) = 1),
    CHECK ((confirmed_at IS NULL) = (last_step IS NULL))
);
CREATE UNIQUE INDEX idx_second_factors_user_id ON second_factors(user_id, (confirmed_at IS NULL)) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX idx_second_factors_clinician_id ON second_factors(clinician_id, (confirmed_at IS NULL))
    WHERE clinician_id IS NOT NULL;

-- For who has lost it: keyed hashes of codes of 80 random bits. One that is used is gone.
CREATE TABLE recovery_codes (
    factor_id UUID NOT NULL REFERENCES second_factors(id) ON DELETE CASCADE,
    code_hash VARCHAR(64) NOT NULL CHECK (code_hash ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (factor_id, code_hash)
);
SELECT haven_protect_by('second_factors', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job'), false)
    OR coalesce((SELECT haven_actor_id()) IN (user_id, clinician_id), false) $$);
SELECT haven_protect_by('recovery_codes', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job'), false)
    OR EXISTS (SELECT FROM second_factors WHERE second_factors.id = factor_id) $$);
REVOKE ALL ON second_factors, recovery_codes FROM haven_readonly;

-- What clinicians see needs a second factor from now on: they log in anew.
UPDATE token_families SET revoked_at = now(), revoked_why = 'ended' WHERE clinician_id IS NOT NULL AND revoked_at IS NULL;

-- Its arguments are others now.
DROP FUNCTION IF EXISTS haven_came_in(text, text, text, boolean, timestamptz);

-- An older program would let in who has the password alone.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 30;
