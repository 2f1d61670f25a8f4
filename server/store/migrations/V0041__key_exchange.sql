-- The master key can be exchanged: what is wrapped says under which, by what that key makes of a known text.
ALTER TABLE master_key_check RENAME TO master_keys;
ALTER TABLE master_keys DROP COLUMN one;
ALTER TABLE master_keys ADD PRIMARY KEY (check_value);
-- Keyed hashes are compared with stored ones, so their key stays: the first master key's, and of a later one this, wrapped
-- under that.
ALTER TABLE master_keys ADD COLUMN wrapped_hash_key BYTEA CHECK (octet_length(wrapped_hash_key) = 73);

-- NULL: of before there was a first server to say which it is, until one starts. A master key that something is wrapped
-- under cannot be forgotten, and nothing can be wrapped under one that was.
ALTER TABLE encryption_keys ADD COLUMN master_key VARCHAR(64) REFERENCES master_keys(check_value);
ALTER TABLE second_factors ADD COLUMN master_key VARCHAR(64) REFERENCES master_keys(check_value);
ALTER TABLE webhooks ADD COLUMN master_key VARCHAR(64) REFERENCES master_keys(check_value);
ALTER TABLE webhooks ADD COLUMN older_master_key VARCHAR(64) REFERENCES master_keys(check_value);
UPDATE encryption_keys SET master_key = (SELECT check_value FROM master_keys);
UPDATE second_factors SET master_key = (SELECT check_value FROM master_keys);
UPDATE webhooks SET master_key = (SELECT check_value FROM master_keys),
    older_master_key = CASE WHEN older_sealed_secret IS NOT NULL THEN (SELECT check_value FROM master_keys) END;
CREATE INDEX idx_encryption_keys_master_key ON encryption_keys(master_key);
CREATE INDEX idx_second_factors_master_key ON second_factors(master_key);
CREATE INDEX idx_webhooks_master_key ON webhooks(master_key);
CREATE INDEX idx_webhooks_older_master_key ON webhooks(older_master_key);

-- Free texts beside figures and codes, sealed together under the person's key; in clear in rows of older programs, until
-- `haven-server seal-words`.
ALTER TABLE reflections ADD COLUMN sealed_words TEXT, ADD COLUMN encryption_key_id UUID REFERENCES encryption_keys(id),
    ADD CHECK (num_nonnulls(sealed_words, encryption_key_id) IN (0, 2)),
    ADD CHECK (sealed_words IS NULL OR num_nonnulls(recurring_themes, emotional_tone, action_items, unresolved_questions,
                                                    next_session_recommendation, agent_summary) = 0);
ALTER TABLE session_intents ADD COLUMN sealed_words TEXT, ADD COLUMN encryption_key_id UUID REFERENCES encryption_keys(id),
    ADD CHECK (num_nonnulls(sealed_words, encryption_key_id) IN (0, 2)),
    ADD CHECK (sealed_words IS NULL OR num_nonnulls(contraindications, recommended_techniques) = 0);
CREATE INDEX idx_reflections_encryption_key_id ON reflections(encryption_key_id);
CREATE INDEX idx_session_intents_encryption_key_id ON session_intents(encryption_key_id);

-- A service's token is good for 90 days at most.
UPDATE token_families
SET expires_at = least(expires_at, now() + interval '90 days'), idle_expires_at = least(idle_expires_at, now() + interval '90 days')
WHERE service_id IS NOT NULL;
UPDATE access_tokens SET expires_at = least(access_tokens.expires_at, family.expires_at)
FROM token_families AS family WHERE family.id = family_id AND family.service_id IS NOT NULL;

-- An older program does not say under which master key it wraps.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 41;
