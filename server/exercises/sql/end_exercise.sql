-- $1 id, $2 user_id, $3 digest, $4 status, $5 completed_at. Runs with the id locked. No row: not the caller's.
WITH known AS (
    SELECT exercises.id, exercises.session_id, exercises.started_at, write_receipts.digest
    FROM exercises
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'exercise_end'
                            AND write_receipts.resource_id = exercises.id
    WHERE exercises.id = $1 AND exercises.user_id = $2
), parent AS (
    SELECT sessions.id, sessions.status FROM sessions JOIN known ON sessions.id = known.session_id
    FOR NO KEY UPDATE OF sessions
), ended AS (
    UPDATE exercises
    SET status = $4, completed_at = $5,
        duration_minutes = greatest(0, round(extract(epoch FROM $5 - exercises.started_at) / 60))
    FROM known
    WHERE exercises.id = known.id AND known.digest IS NULL AND exercises.status = 'in_progress'
    RETURNING exercises.id, exercises.duration_minutes
), moved AS (
    UPDATE sessions SET status = CASE $4 WHEN 'completed' THEN 'reflecting' ELSE 'active' END, updated_at = now()
    FROM parent, ended
    WHERE sessions.id = parent.id AND parent.status = 'exercise_in_progress'
    RETURNING sessions.status
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest)
    SELECT 'exercise_end', id, $2, $3 FROM ended
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, from_state, to_state, event_data)
    SELECT parent.id, $2, 'state_transition', parent.status,
           coalesce((SELECT status FROM moved), parent.status),
           jsonb_build_object('action', 'exercise_end', 'exercise_id', ended.id, 'exercise_status', $4::text,
                              'duration_minutes', ended.duration_minutes)
    FROM parent, ended
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 201 WHEN digest = $3 THEN 200 ELSE 409 END AS status FROM known
)
SELECT status, '' AS pointer, set_config('haven.status', status::text, true) FROM outcome
