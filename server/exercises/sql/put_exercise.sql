-- $1 id, $2 user_id, $3 digest, $4 session_id, $5 technique, $6 technique_config, $7 started_at.
-- Runs with the id locked. A session that is over stays over; any other is now in its exercise.
WITH known AS (
    SELECT exercises.user_id, write_receipts.digest
    FROM exercises
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'exercise'
                            AND write_receipts.resource_id = exercises.id
    WHERE exercises.id = $1
), parent AS (
    SELECT id, status FROM sessions WHERE id = $4 AND user_id = $2 FOR NO KEY UPDATE
), stored AS (
    INSERT INTO exercises (id, session_id, user_id, technique, technique_config, started_at)
    SELECT $1, parent.id, $2, $5, $6::jsonb, $7 FROM parent
    WHERE NOT EXISTS (SELECT FROM known)
    RETURNING id
), moved AS (
    UPDATE sessions SET status = 'exercise_in_progress', updated_at = now()
    FROM parent, stored
    WHERE sessions.id = parent.id AND parent.status NOT IN ('completed', 'timed_out', 'hitl_review')
    RETURNING sessions.status
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest)
    SELECT 'exercise', id, $2, $3 FROM stored
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, from_state, to_state, event_data)
    SELECT parent.id, $2, 'state_transition', parent.status,
           coalesce((SELECT status FROM moved), parent.status),
           jsonb_build_object('action', 'exercise_start', 'exercise_id', stored.id, 'technique', $5::text)
    FROM parent, stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201
                WHEN known.user_id IS NULL THEN 422
                WHEN known.user_id <> $2 THEN 404
                WHEN known.digest = $3 THEN 200
                ELSE 409 END AS status
    FROM (SELECT) AS one LEFT JOIN known ON true
)
SELECT status, '/session_id' AS pointer, set_config('haven.status', status::text, true) FROM outcome
