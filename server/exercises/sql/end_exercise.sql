-- $1 id, $2 user_id, $3 digest, $4 status, $5 completed_at, as the device tells it, $6 meaning. Runs with the id locked. No
-- row: not the caller's.
WITH known AS (
    SELECT exercises.id, exercises.session_id, exercises.started_at, write_receipts.digest, write_receipts.meaning
    FROM exercises
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'exercise_end'
                            AND write_receipts.resource_id = exercises.id
    WHERE exercises.id = $1 AND exercises.user_id = $2
), parent AS (
    SELECT sessions.id, sessions.status FROM sessions JOIN known ON sessions.id = known.session_id
    FOR NO KEY UPDATE OF sessions
), clock AS (
    SELECT told.at, told.corrected FROM known, haven_device_time($5::timestamptz, known.started_at) AS told
), ended AS (
    UPDATE exercises
    SET status = $4, completed_at = clock.at, clock_corrected = exercises.clock_corrected OR clock.corrected,
        duration_minutes = haven_minutes(exercises.started_at, clock.at)
    FROM known, clock
    WHERE exercises.id = known.id AND known.digest IS NULL AND coalesce(exercises.status, 'in_progress') = 'in_progress'
    RETURNING exercises.id, exercises.duration_minutes
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    SELECT 'exercise_end', id, $2, $3, $6::bytea FROM ended
), step AS (
    SELECT haven_step(parent.id,
                      CASE WHEN parent.status <> 'exercise_in_progress' THEN parent.status
                           WHEN $4 = 'completed' THEN 'reflecting' ELSE 'active' END,
                      'exercise_end',
                      jsonb_build_object('exercise_id', ended.id, 'exercise_status', $4::text,
                                         'duration_minutes', ended.duration_minutes)) AS moved
    FROM parent, ended
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 201 WHEN digest = $3 OR meaning = $6::bytea THEN 200 ELSE 409 END AS status
    FROM known
)
SELECT status, '' AS pointer, set_config('haven.status', status::text, true), (SELECT count(moved) FROM step) AS steps
FROM outcome
