-- Clinicians who log in, screenings that lead to a review, and the reviews themselves.

-- A clinician without a password exists but cannot log in.
UPDATE clinicians SET status = 'inactive' WHERE status NOT IN ('active', 'inactive');
UPDATE clinicians SET status = 'active' WHERE status IS NULL;
UPDATE clinicians SET role = 'reviewer' WHERE role IS NULL;
ALTER TABLE clinicians
    ADD COLUMN password_hash VARCHAR(255),
    ADD COLUMN last_login_at TIMESTAMPTZ,
    ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    ALTER COLUMN role SET NOT NULL,
    ALTER COLUMN status SET NOT NULL,
    ADD CONSTRAINT clinicians_status_check CHECK (status IN ('active', 'inactive'));
-- Everybody who logs in is seen by each clinician (V0009), but written by supervisors alone; a
-- clinician writes their own password.
CREATE POLICY haven_added_by ON clinicians AS RESTRICTIVE FOR INSERT WITH CHECK (
    (SELECT haven_actor()) <> 'clinician' OR (SELECT haven_actor_role()) = 'supervisor');
CREATE POLICY haven_changed_by ON clinicians AS RESTRICTIVE FOR UPDATE USING (
    (SELECT haven_actor()) <> 'clinician' OR (SELECT haven_actor_role()) = 'supervisor'
    OR id = (SELECT haven_actor_id()));
CREATE POLICY haven_removed_by ON clinicians AS RESTRICTIVE FOR DELETE USING (
    (SELECT haven_actor()) = 'job');

-- A person reads who cares for them; only supervisors say so.
CREATE POLICY haven_assigned_by ON clinician_assignments AS RESTRICTIVE FOR INSERT WITH CHECK (
    coalesce((SELECT haven_actor_role()) = 'supervisor', (SELECT haven_actor()) = 'job'));
CREATE POLICY haven_ended_by ON clinician_assignments AS RESTRICTIVE FOR UPDATE USING (
    coalesce((SELECT haven_actor_role()) = 'supervisor', (SELECT haven_actor()) = 'job'));

-- The design's index on (priority, review_deadline) sorts the words: high, low, medium, urgent. The
-- queue is read in the order of their rank. `required_role` rises when a case is escalated.
ALTER TABLE hitl_escalations
    ADD COLUMN priority_rank SMALLINT NOT NULL GENERATED ALWAYS AS (
        CASE priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 ELSE 4 END) STORED,
    ADD COLUMN required_role VARCHAR(20) NOT NULL DEFAULT 'reviewer'
        CHECK (required_role IN ('reviewer', 'senior', 'supervisor'));
CREATE INDEX idx_hitl_escalations_queue ON hitl_escalations (priority_rank, review_deadline, id)
    WHERE review_status IN ('pending', 'in_review', 'escalated');
-- A session has one open case at most. Where there were more, the most pressing stays open.
UPDATE hitl_escalations SET review_status = 'approved'
WHERE review_status IN ('pending', 'in_review', 'escalated')
  AND EXISTS (SELECT FROM hitl_escalations AS other
              WHERE other.session_id = hitl_escalations.session_id
                AND other.review_status IN ('pending', 'in_review', 'escalated')
                AND (other.priority_rank, other.review_deadline, other.id)
                    < (hitl_escalations.priority_rank, hitl_escalations.review_deadline,
                       hitl_escalations.id));
CREATE UNIQUE INDEX idx_hitl_escalations_open ON hitl_escalations (session_id)
    WHERE review_status IN ('pending', 'in_review', 'escalated');
-- Only clinicians read cases. What others do to them they do through routines of this server.
SELECT haven_protect('hitl_escalations', NULL, '{clinician,job}');

-- Each clinician's word on a case: an escalated one has several. The notes are sealed under the key
-- of the session's user and kept as base64; the digest is keyed, because a short note could be
-- guessed from a plain one.
CREATE TABLE hitl_reviews (
    escalation_id UUID NOT NULL REFERENCES hitl_escalations(id) ON DELETE CASCADE,
    clinician_id UUID NOT NULL REFERENCES clinicians(id),
    clinician_action VARCHAR(50) NOT NULL CHECK (clinician_action IN
        ('approve_as_is', 'approve_with_edits', 'reject_and_replace', 'escalate')),
    clinician_notes TEXT,
    encryption_key_id UUID REFERENCES encryption_keys(id),
    digest VARCHAR(64) NOT NULL,
    reviewed_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (escalation_id, clinician_id),
    CHECK ((clinician_notes IS NULL) = (encryption_key_id IS NULL))
);
CREATE INDEX idx_hitl_reviews_clinician_id ON hitl_reviews (clinician_id, reviewed_at DESC);
CREATE INDEX idx_hitl_reviews_encryption_key_id ON hitl_reviews (encryption_key_id)
    WHERE encryption_key_id IS NOT NULL;
SELECT haven_protect('hitl_reviews', NULL, '{clinician,job}');

-- A crisis knows the screening it came from, the case it opened, and who did what about it.
ALTER TABLE crisis_logs
    ADD COLUMN screening_id UUID UNIQUE REFERENCES safety_screenings(id) ON DELETE SET NULL,
    ADD COLUMN escalation_id UUID REFERENCES hitl_escalations(id) ON DELETE SET NULL,
    ADD COLUMN acknowledged_at TIMESTAMPTZ,
    ADD COLUMN resolved_by UUID REFERENCES clinicians(id) ON DELETE SET NULL;
CREATE INDEX idx_crisis_logs_escalation_id ON crisis_logs (escalation_id)
    WHERE escalation_id IS NOT NULL;
CREATE INDEX idx_crisis_logs_resolved_by ON crisis_logs (resolved_by)
    WHERE resolved_by IS NOT NULL;
CREATE INDEX idx_crisis_logs_user_newest ON crisis_logs (user_id, created_at DESC, id DESC);
CREATE INDEX idx_safety_screenings_session_oldest ON safety_screenings (session_id, created_at, id);

-- HMAC-SHA-256 in hexadecimal digits: never the words themselves.
ALTER TABLE safety_screenings
    ADD CONSTRAINT safety_screenings_input_hash_check CHECK (input_hash ~ '^[0-9a-f]{64}$') NOT VALID;
ALTER TABLE crisis_logs
    ADD CONSTRAINT crisis_logs_input_hash_check CHECK (input_hash ~ '^[0-9a-f]{64}$') NOT VALID;
