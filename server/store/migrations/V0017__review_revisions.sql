-- A decision names what it was made on, and only a case moves its session out of review.

-- Counts what was added to a case: screenings, and words that pass it on. A review names the one it
-- was made on; older reviews name none.
ALTER TABLE hitl_escalations ADD COLUMN revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0);
ALTER TABLE hitl_reviews ADD COLUMN revision INTEGER;

UPDATE session_moves SET asked_by = '{}', meaning = 'The decision on its case lets it go on.'
WHERE from_state = 'hitl_review' AND to_state = 'active';
UPDATE session_moves SET asked_by = '{}', meaning = 'The decision on its case closes it.'
WHERE from_state = 'hitl_review' AND to_state = 'completed';
UPDATE session_moves SET meaning = 'A clinician has to look at it first: it gets a case.'
WHERE to_state = 'hitl_review';

-- V0013 marked cases approved that no clinician had decided, because their session had another that
-- was more pressing. Those of a session without an open case go back to the queue, one of a session;
-- the others say to which case of their session they were added.
ALTER TABLE hitl_escalations
    ADD COLUMN merged_into UUID REFERENCES hitl_escalations(id) ON DELETE CASCADE,
    DROP CONSTRAINT hitl_escalations_review_status_check;
ALTER TABLE hitl_escalations
    ADD CONSTRAINT hitl_escalations_review_status_check CHECK (review_status IN
        ('pending', 'in_review', 'approved', 'rejected', 'escalated', 'merged'));
CREATE INDEX idx_hitl_escalations_merged_into ON hitl_escalations(merged_into)
    WHERE merged_into IS NOT NULL;

WITH undecided AS (
    SELECT id, session_id,
           row_number() OVER (PARTITION BY session_id ORDER BY priority_rank, review_deadline, id) AS place
    FROM hitl_escalations
    WHERE review_status = 'approved' AND reviewed_at IS NULL AND clinician_action IS NULL
      AND NOT EXISTS (SELECT FROM hitl_reviews WHERE escalation_id = hitl_escalations.id)
)
UPDATE hitl_escalations
SET review_status = 'pending', assigned_to_clinician_id = NULL, assigned_at = NULL
FROM undecided
WHERE hitl_escalations.id = undecided.id AND undecided.place = 1
  AND NOT EXISTS (SELECT FROM hitl_escalations AS open
                  WHERE open.session_id = undecided.session_id
                    AND open.review_status IN ('pending', 'in_review', 'escalated'));
UPDATE hitl_escalations
SET review_status = 'merged', merged_into = open.id
FROM hitl_escalations AS open
WHERE open.session_id = hitl_escalations.session_id
  AND open.review_status IN ('pending', 'in_review', 'escalated')
  AND hitl_escalations.review_status = 'approved' AND hitl_escalations.reviewed_at IS NULL
  AND hitl_escalations.clinician_action IS NULL
  AND NOT EXISTS (SELECT FROM hitl_reviews WHERE escalation_id = hitl_escalations.id);

-- A service could put a session into review without a case, in nobody's queue. Each gets one now. The
-- person's number needs the master key; these bear one of their own.
INSERT INTO hitl_escalations (session_id, user_id_anonymized, escalation_reason, priority,
                              review_deadline)
SELECT id, 'User #' || lpad((abs(hashtextextended(gen_random_uuid()::text, 0) % 1000000000))::text, 9, '0'),
       'found_without_a_case', 'high', now() + interval '1 hour'
FROM sessions
WHERE status = 'hitl_review'
  AND NOT EXISTS (SELECT FROM hitl_escalations
                  WHERE session_id = sessions.id
                    AND review_status IN ('pending', 'in_review', 'escalated'));
