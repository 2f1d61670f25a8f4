-- One good way in, and a way back: who revokes a token, who has lost a second factor, and in which language clinicians read.

-- A token is revoked by the client that got it: what revokes asks for that, too.
DROP FUNCTION IF EXISTS token_revoke(bytea);

ALTER TABLE letters DROP CONSTRAINT letters_kind_check;
ALTER TABLE letters ADD CONSTRAINT letters_kind_check CHECK (kind IN
    ('verification', 'registered', 'reset', 'password_changed', 'address', 'address_asked', 'invitation', 'notice',
     'reminder', 'factor_confirmed', 'factor_removed', 'recovery_used', 'device_linked',
     'crisis_call', 'case_assigned', 'case_lapsed', 'webhook_failed',
     'factor_reset_asked', 'factor_reset', 'factor_ended'));
ALTER TABLE one_time_codes DROP CONSTRAINT one_time_codes_purpose_check;
ALTER TABLE one_time_codes ADD CONSTRAINT one_time_codes_purpose_check CHECK (purpose IN
    ('verification', 'reset', 'address', 'invitation', 'factor_reset_asked', 'factor_reset'));

-- In which language letters to them are.
ALTER TABLE clinicians ADD COLUMN preferred_language VARCHAR(10) NOT NULL DEFAULT 'en';

-- An older program would end any client's tokens, and would send the new letters as nothing.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 38;
