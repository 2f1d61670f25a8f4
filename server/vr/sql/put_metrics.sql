-- $1 id of the vr-session, $2 user_id, $3 digest, $4 performance_metrics, $5 meaning. Runs with the id locked. No row: not
-- the caller's.
WITH known AS (
    SELECT vr_sessions.id, vr_sessions.parent_session_id, write_receipts.digest, write_receipts.meaning
    FROM vr_sessions
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'vr_session_metrics'
                            AND write_receipts.resource_id = vr_sessions.id
    WHERE vr_sessions.id = $1 AND vr_sessions.user_id = $2
), stored AS (
    UPDATE vr_sessions SET performance_metrics = $4::jsonb
    FROM known
    WHERE vr_sessions.id = known.id AND known.digest IS NULL
    RETURNING vr_sessions.id
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    SELECT 'vr_session_metrics', id, $2, $3, $5::bytea FROM stored
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT known.parent_session_id, $2, 'user_interaction',
           jsonb_build_object('action', 'vr_session_metrics', 'vr_session_id', stored.id)
    FROM known, stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201 WHEN digest = $3 OR meaning = $5::bytea THEN 200 ELSE 409 END AS status
    FROM known
)
SELECT status, '' AS pointer, set_config('haven.status', status::text, true) FROM outcome
