-- A motion trace arrives in pieces by offset and is kept here until it is complete; then it becomes
-- one object, its facts become an exercise_artifacts row of type vr_volumetric, and its pieces go.
-- No foreign key to the drawing: pieces may arrive while it is still being drawn.
CREATE TABLE trace_chunks (
    drawing_id UUID NOT NULL,
    chunk_offset BIGINT NOT NULL CHECK (chunk_offset >= 0),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    bytes BYTEA NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 1048576),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (drawing_id, chunk_offset)
);

ALTER TABLE trace_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL; -- traces are compact already
CREATE INDEX idx_trace_chunks_user_id ON trace_chunks(user_id);
CREATE INDEX idx_trace_chunks_created_at ON trace_chunks(created_at);

-- Which drawing an artifact belongs to, and what its object must hash to.
ALTER TABLE exercise_artifacts
    ADD COLUMN bilateral_drawing_id UUID REFERENCES bilateral_drawings(id) ON DELETE CASCADE,
    ADD COLUMN content_sha256 BYTEA CHECK (octet_length(content_sha256) = 32);

CREATE UNIQUE INDEX idx_exercise_artifacts_motion_trace ON exercise_artifacts(bilateral_drawing_id)
    WHERE artifact_type = 'vr_volumetric';
CREATE INDEX idx_exercise_artifacts_bilateral_drawing_id ON exercise_artifacts(bilateral_drawing_id)
    WHERE bilateral_drawing_id IS NOT NULL;
