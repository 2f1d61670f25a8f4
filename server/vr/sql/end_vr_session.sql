-- $1 id, $2 user_id, $3 digest, $4 ended_at. Runs with the id locked. No row: not the caller's.
-- A clock set back between start and end gives a length of nothing, never a negative one.
WITH known AS (
    SELECT vr_sessions.id, vr_sessions.parent_session_id, write_receipts.digest
    FROM vr_sessions
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'vr_session_end'
                            AND write_receipts.resource_id = vr_sessions.id
    WHERE vr_sessions.id = $1 AND vr_sessions.user_id = $2
), ended AS (
    UPDATE vr_sessions
    SET ended_at = $4,
        duration_minutes = greatest(0, round(extract(epoch FROM $4 - vr_sessions.started_at) / 60))
    FROM known
    WHERE vr_sessions.id = known.id AND known.digest IS NULL AND vr_sessions.ended_at IS NULL
    RETURNING vr_sessions.id, vr_sessions.duration_minutes
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest)
    SELECT 'vr_session_end', id, $2, $3 FROM ended
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT known.parent_session_id, $2, 'user_interaction',
           jsonb_build_object('action', 'vr_session_end', 'vr_session_id', ended.id,
                              'duration_minutes', ended.duration_minutes)
    FROM known, ended
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 201 WHEN digest = $3 THEN 200 ELSE 409 END AS status FROM known
)
SELECT status, '' AS pointer, set_config('haven.status', status::text, true) FROM outcome
