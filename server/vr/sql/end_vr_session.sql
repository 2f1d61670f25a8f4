-- $1 id, $2 user_id, $3 digest, $4 ended_at, as the device tells it, $5 meaning. Runs with the id locked. No row: not the
-- caller's.
WITH known AS (
    SELECT vr_sessions.id, vr_sessions.parent_session_id, vr_sessions.started_at, write_receipts.digest, write_receipts.meaning
    FROM vr_sessions
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'vr_session_end'
                            AND write_receipts.resource_id = vr_sessions.id
    WHERE vr_sessions.id = $1 AND vr_sessions.user_id = $2
), clock AS (
    SELECT told.at, told.corrected FROM known, haven_device_time($4::timestamptz, known.started_at) AS told
), ended AS (
    UPDATE vr_sessions
    SET ended_at = clock.at, clock_corrected = vr_sessions.clock_corrected OR clock.corrected,
        duration_minutes = haven_minutes(vr_sessions.started_at, clock.at)
    FROM known, clock
    WHERE vr_sessions.id = known.id AND known.digest IS NULL AND vr_sessions.ended_at IS NULL
    RETURNING vr_sessions.id, vr_sessions.duration_minutes
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    SELECT 'vr_session_end', id, $2, $3, $5::bytea FROM ended
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT known.parent_session_id, $2, 'user_interaction',
           jsonb_build_object('action', 'vr_session_end', 'vr_session_id', ended.id,
                              'duration_minutes', ended.duration_minutes)
    FROM known, ended
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 201 WHEN digest = $3 OR meaning = $5::bytea THEN 200 ELSE 409 END AS status
    FROM known
)
SELECT status, '' AS pointer, set_config('haven.status', status::text, true) FROM outcome
