-- What a person makes in an exercise: texts in clear or sealed, recordings, pictures, motion.

-- One key a person, wrapped under the server's master key, which the database never sees. Deleting
-- the person destroys it, and with it every copy of what it sealed.
CREATE TABLE encryption_keys (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    wrapped_key BYTEA NOT NULL CHECK (octet_length(wrapped_key) = 73),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    retired_at TIMESTAMPTZ CHECK (retired_at >= created_at)
);
CREATE UNIQUE INDEX idx_encryption_keys_active ON encryption_keys(user_id) WHERE retired_at IS NULL;
CREATE INDEX idx_encryption_keys_user_id ON encryption_keys(user_id);
-- The server's own work alone: no statement of a person, clinician or service sees a key.
SELECT haven_protect('encryption_keys', NULL, '{job}');
REVOKE ALL ON encryption_keys FROM haven_readonly;

ALTER TABLE exercise_artifacts
    ADD COLUMN sealed BOOLEAN NOT NULL DEFAULT FALSE, -- its text, and its file in the object store
    ADD COLUMN word_count INTEGER CHECK (word_count BETWEEN 0 AND 1000000),
    ADD CONSTRAINT exercise_artifacts_encryption_key_id_fkey
        FOREIGN KEY (encryption_key_id) REFERENCES encryption_keys(id),
    ADD CONSTRAINT exercise_artifacts_sealed_check
        CHECK (CASE WHEN sealed THEN content_text IS NULL
                                AND (encryption_key_id IS NOT NULL
                                     OR num_nonnulls(content_encrypted, minio_object_key) = 0)
                    ELSE num_nonnulls(content_encrypted, encryption_key_id) = 0 END),
    -- What is more than standard is never kept in clear. Motion traces of before are.
    ADD CONSTRAINT exercise_artifacts_sensitive_is_sealed_check
        CHECK (sealed OR sensitivity_level = 'standard') NOT VALID;
CREATE INDEX idx_exercise_artifacts_encryption_key_id ON exercise_artifacts(encryption_key_id)
    WHERE encryption_key_id IS NOT NULL;

COMMENT ON COLUMN exercise_artifacts.content_sha256 IS
    'SHA-256 of the object as it lies in the object store, sealed or not; of a motion trace that came in pieces, of the trace as it was sent';
COMMENT ON COLUMN exercise_artifacts.file_size_bytes IS 'of the file as it was sent';

-- Objects no row refers to: not yet, because they are being written, or no more, because their row
-- is gone. Noted before an object is written, and struck off in the transaction that writes its row;
-- what stays is swept. So a crash at any moment leaves no object behind for good.
CREATE TABLE loose_objects (
    object_key VARCHAR(255) PRIMARY KEY,
    noted_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    condemned_at TIMESTAMPTZ -- from then on it may be removed, and no row may refer to it any more
);
CREATE INDEX idx_loose_objects_noted_at ON loose_objects(noted_at);
-- No person's: a key says whose and where, so one must know it to strike it off.
SELECT haven_protect_by('loose_objects', $$ (SELECT haven_actor()) IS NOT NULL $$);
REVOKE ALL ON loose_objects FROM haven_readonly;

-- However a row goes, by itself or with its exercise, session or person, its objects go too.
CREATE FUNCTION haven_condemn_objects() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone constant jsonb := to_jsonb(OLD);
BEGIN
    INSERT INTO loose_objects (object_key, condemned_at)
    SELECT gone ->> place, now() FROM unnest(TG_ARGV) AS place WHERE gone ->> place IS NOT NULL
    ON CONFLICT (object_key) DO UPDATE SET condemned_at = now();
    RETURN NULL;
END $$;
CREATE TRIGGER exercise_artifacts_objects AFTER DELETE ON exercise_artifacts
    FOR EACH ROW EXECUTE FUNCTION haven_condemn_objects('minio_object_key');
CREATE TRIGGER bilateral_drawings_objects AFTER DELETE ON bilateral_drawings
    FOR EACH ROW EXECUTE FUNCTION
        haven_condemn_objects('canvas_1_minio_key', 'canvas_2_minio_key', 'combined_minio_key');
