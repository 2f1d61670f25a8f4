-- Drafts of texts and their versions, what was deleted, and what the seed leaves open of states.

-- A text while it is written: the artifact that it will be, or the next version of the one that is there. What is in it is
-- always sealed, and its person's alone.
CREATE TABLE artifact_drafts (
    id UUID PRIMARY KEY, -- the artifact's
    exercise_id UUID NOT NULL REFERENCES exercises(id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0), -- what was saved last
    text_mac VARCHAR(64) NOT NULL CHECK (text_mac ~ '^[0-9a-f]{64}$'), -- of its text, keyed: the same again is no version
    sealed BOOLEAN NOT NULL, -- of the artifact that it will be
    sensitivity_level VARCHAR(20) NOT NULL CHECK (sensitivity_level IN ('standard', 'high', 'crisis')),
    mime_type VARCHAR(100),
    word_count INTEGER CHECK (word_count BETWEEN 0 AND 1000000),
    begun_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    saved_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_artifact_drafts_exercise_id ON artifact_drafts(exercise_id);
CREATE INDEX idx_artifact_drafts_user_id ON artifact_drafts(user_id);
CREATE INDEX idx_artifact_drafts_saved_at ON artifact_drafts(saved_at);

CREATE TABLE artifact_draft_versions (
    draft_id UUID NOT NULL REFERENCES artifact_drafts(id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    content_encrypted BYTEA NOT NULL,
    encryption_key_id UUID NOT NULL REFERENCES encryption_keys(id),
    saved_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (draft_id, version)
);
ALTER TABLE artifact_draft_versions ALTER COLUMN content_encrypted SET STORAGE EXTERNAL; -- nothing to compress
CREATE INDEX idx_artifact_draft_versions_user_id ON artifact_draft_versions(user_id);
CREATE INDEX idx_artifact_draft_versions_encryption_key_id ON artifact_draft_versions(encryption_key_id);

-- What a text said before it was edited.
CREATE TABLE artifact_versions (
    artifact_id UUID NOT NULL REFERENCES exercise_artifacts(id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    content_text TEXT,
    content_encrypted BYTEA,
    encryption_key_id UUID REFERENCES encryption_keys(id),
    word_count INTEGER,
    written_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (artifact_id, version)
);
CREATE INDEX idx_artifact_versions_user_id ON artifact_versions(user_id);
CREATE INDEX idx_artifact_versions_encryption_key_id ON artifact_versions(encryption_key_id)
    WHERE encryption_key_id IS NOT NULL;

ALTER TABLE exercise_artifacts
    ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    ADD COLUMN edited_at TIMESTAMPTZ,
    ADD COLUMN finished_draft VARCHAR(40); -- the entity-tag of the draft that became its newest version

DO $$
DECLARE
    theirs text;
BEGIN
    FOREACH theirs IN ARRAY ARRAY['artifact_drafts', 'artifact_draft_versions', 'artifact_versions'] LOOP
        PERFORM haven_protect(theirs::regclass, 'user_id = (SELECT haven_actor_id())', '{job}');
        EXECUTE format('REVOKE ALL ON %I FROM haven_readonly', theirs);
    END LOOP;
END $$;

-- Which version of which text a screening read. The text may go, what was found stays.
ALTER TABLE safety_screenings
    ADD COLUMN artifact_id UUID REFERENCES exercise_artifacts(id) ON DELETE SET NULL,
    ADD COLUMN artifact_version INTEGER CHECK (artifact_version > 0);
CREATE INDEX idx_safety_screenings_artifact_id ON safety_screenings(artifact_id) WHERE artifact_id IS NOT NULL;

-- What somebody deleted: its receipt stays, without what it said, so that what comes late does not bring it back.
ALTER TABLE write_receipts ADD COLUMN deleted_at TIMESTAMPTZ;
CREATE INDEX idx_write_receipts_deleted_at ON write_receipts(deleted_at) WHERE deleted_at IS NOT NULL;

-- Since when a session waits for a clinician: what was begun before is taken.
ALTER TABLE sessions ADD COLUMN review_since TIMESTAMPTZ;
UPDATE sessions SET review_since = updated_at WHERE status = 'hitl_review';

-- A state is always one of its list. What the seed lets be NULL becomes what the code has read it as.
UPDATE users SET status = 'active' WHERE status IS NULL;
UPDATE users SET consent_marketing = false WHERE consent_marketing IS NULL;
UPDATE users SET consent_emergency_contact = false WHERE consent_emergency_contact IS NULL;
UPDATE sessions SET status = 'timed_out' WHERE status IS NULL; -- whose state nobody knows is over
UPDATE sessions SET modality = 'web' WHERE modality IS NULL;
UPDATE sessions SET requires_hitl_review = false WHERE requires_hitl_review IS NULL;
UPDATE agent_outputs SET status = 'success' WHERE status IS NULL;
UPDATE mcp_tool_calls SET status = 'success' WHERE status IS NULL;
UPDATE exercises SET status = CASE WHEN completed_at IS NULL THEN 'in_progress' ELSE 'completed' END WHERE status IS NULL;
UPDATE exercise_artifacts SET sensitivity_level = CASE WHEN sealed THEN 'high' ELSE 'standard' END WHERE sensitivity_level IS NULL;
UPDATE safety_screenings
SET crisis_level = coalesce(crisis_level, CASE safety_status WHEN 'red' THEN 'medium' WHEN 'yellow' THEN 'low' ELSE 'none' END),
    response_mode = coalesce(response_mode, CASE safety_status WHEN 'red' THEN 'crisis' WHEN 'yellow' THEN 'cautious' ELSE 'standard' END),
    recommended_action = coalesce(recommended_action,
                                  CASE safety_status WHEN 'red' THEN 'escalate' WHEN 'yellow' THEN 'review' ELSE 'continue' END)
WHERE crisis_level IS NULL OR response_mode IS NULL OR recommended_action IS NULL;
UPDATE crisis_logs SET escalation_status = CASE WHEN resolved_at IS NULL THEN 'none' ELSE 'resolved' END WHERE escalation_status IS NULL;
UPDATE crisis_logs SET user_acknowledged = acknowledged_at IS NOT NULL WHERE user_acknowledged IS NULL;
UPDATE hitl_escalations SET review_status = CASE WHEN reviewed_at IS NULL THEN 'pending' ELSE 'approved' END
WHERE review_status IS NULL
  AND (reviewed_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM hitl_escalations AS open
                      WHERE open.session_id = hitl_escalations.session_id AND open.id <> hitl_escalations.id
                        AND (open.review_status IN ('pending', 'in_review', 'escalated')
                             OR (open.review_status IS NULL AND open.reviewed_at IS NULL AND open.id < hitl_escalations.id))));
UPDATE hitl_escalations SET review_status = 'merged' WHERE review_status IS NULL; -- beside the one that is open
UPDATE vr_sessions SET interaction_mode = 'controller' WHERE interaction_mode IS NULL;
UPDATE vr_sessions SET spatial_audio_enabled = true WHERE spatial_audio_enabled IS NULL;
UPDATE vr_sessions SET cinematic_mode_enabled = false WHERE cinematic_mode_enabled IS NULL;
UPDATE bilateral_drawings SET symmetry_enabled = true WHERE symmetry_enabled IS NULL;
UPDATE prompt_registry SET status = 'deprecated' WHERE status IS NULL;
UPDATE notifications SET read = read_at IS NOT NULL WHERE read IS NULL;

ALTER TABLE users
    ALTER COLUMN status SET NOT NULL, ALTER COLUMN consent_marketing SET NOT NULL,
    ALTER COLUMN consent_emergency_contact SET NOT NULL;
ALTER TABLE sessions
    ALTER COLUMN status SET NOT NULL, ALTER COLUMN modality SET NOT NULL, ALTER COLUMN requires_hitl_review SET NOT NULL;
ALTER TABLE agent_outputs ALTER COLUMN status SET NOT NULL;
ALTER TABLE mcp_tool_calls ALTER COLUMN status SET NOT NULL;
ALTER TABLE exercises ALTER COLUMN status SET NOT NULL;
ALTER TABLE exercise_artifacts ALTER COLUMN sensitivity_level SET NOT NULL;
ALTER TABLE safety_screenings
    -- Without a default: who screens says what was found.
    ALTER COLUMN crisis_level SET NOT NULL, ALTER COLUMN response_mode SET NOT NULL, ALTER COLUMN recommended_action SET NOT NULL,
    ADD CONSTRAINT safety_screenings_confidence_score_check CHECK (confidence_score BETWEEN 0 AND 1) NOT VALID;
ALTER TABLE crisis_logs
    ALTER COLUMN escalation_status SET DEFAULT 'none', ALTER COLUMN escalation_status SET NOT NULL,
    ALTER COLUMN user_acknowledged SET NOT NULL;
ALTER TABLE hitl_escalations ALTER COLUMN review_status SET NOT NULL;
ALTER TABLE vr_sessions
    ALTER COLUMN interaction_mode SET DEFAULT 'controller', ALTER COLUMN interaction_mode SET NOT NULL,
    ALTER COLUMN spatial_audio_enabled SET NOT NULL, ALTER COLUMN cinematic_mode_enabled SET NOT NULL;
ALTER TABLE bilateral_drawings ALTER COLUMN symmetry_enabled SET NOT NULL;
ALTER TABLE prompt_registry ALTER COLUMN status SET NOT NULL;
ALTER TABLE notifications ALTER COLUMN read SET NOT NULL;
