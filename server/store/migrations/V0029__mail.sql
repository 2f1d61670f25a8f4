-- E-mail: who has asked for an account, what waits to be sent, and the codes that were sent.

-- An account that its address has not confirmed yet is none: it has no row of users, and whoever asks for one hears the
-- same for every address. The newest of an address counts. Erased after seven days.
CREATE TABLE registrations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email VARCHAR(255) NOT NULL CHECK (email = lower(email)),
    email_older VARCHAR(255) NOT NULL, -- as a row of users from before may hold it
    password_hash VARCHAR(255) NOT NULL,
    full_name VARCHAR(255),
    preferred_language VARCHAR(10),
    consent_motion_trace BOOLEAN NOT NULL,
    ip_address INET,
    user_agent TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_registrations_email ON registrations(email, created_at DESC);
CREATE INDEX idx_registrations_created_at ON registrations(created_at);

-- The letters that wait to be sent: which one goes to whom, never its words. Its code is made of its id, under the
-- master key, when it is sent; so no code that opens anything stands in the database. A letter that was sent is gone.
CREATE TABLE letters (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('verification', 'registered', 'reset', 'password_changed', 'address',
                                              'address_asked', 'invitation')),
    bearer VARCHAR(10) NOT NULL CHECK (bearer IN ('user', 'clinician')),
    registration_id UUID REFERENCES registrations(id) ON DELETE CASCADE,
    user_id UUID REFERENCES users(id) ON DELETE CASCADE,
    clinician_id UUID REFERENCES clinicians(id) ON DELETE CASCADE,
    email VARCHAR(255), -- whither; of a reset, what somebody typed. Nothing once it was given up
    email_older VARCHAR(255),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    given_up_at TIMESTAMPTZ,
    CHECK (num_nonnulls(registration_id, user_id, clinician_id) <= 1)
);
CREATE INDEX idx_letters_due ON letters(next_attempt_at) WHERE given_up_at IS NULL;
CREATE INDEX idx_letters_registration_id ON letters(registration_id) WHERE registration_id IS NOT NULL;
CREATE INDEX idx_letters_user_id ON letters(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_letters_clinician_id ON letters(clinician_id) WHERE clinician_id IS NOT NULL;

-- Codes that were sent, by their SHA-256 only. One of a purpose for one bearer; it goes when it is used.
CREATE TABLE one_time_codes (
    code_hash BYTEA PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    purpose VARCHAR(20) NOT NULL CHECK (purpose IN ('verification', 'reset', 'address', 'invitation')),
    letter_id UUID NOT NULL, -- which may wait to be sent once more
    registration_id UUID REFERENCES registrations(id) ON DELETE CASCADE,
    user_id UUID REFERENCES users(id) ON DELETE CASCADE,
    clinician_id UUID REFERENCES clinicians(id) ON DELETE CASCADE,
    new_email VARCHAR(255), -- that the bearer gets with it
    new_email_older VARCHAR(255),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    expires_at TIMESTAMPTZ NOT NULL,
    CHECK (num_nonnulls(registration_id, user_id, clinician_id) = 1),
    CHECK ((purpose = 'address') = (new_email IS NOT NULL))
);
CREATE UNIQUE INDEX idx_one_time_codes_registration ON one_time_codes(registration_id, purpose)
    WHERE registration_id IS NOT NULL;
CREATE UNIQUE INDEX idx_one_time_codes_user ON one_time_codes(user_id, purpose) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX idx_one_time_codes_clinician ON one_time_codes(clinician_id, purpose)
    WHERE clinician_id IS NOT NULL;

SELECT haven_protect('registrations', NULL, '{gate,job}');
SELECT haven_protect('letters', NULL, '{job}');
SELECT haven_protect('one_time_codes', NULL, '{job}');

-- A supervisor knows no clinician's password any more.
DROP FUNCTION IF EXISTS clinician_reset_password(uuid, jsonb, jsonb);
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 29;
