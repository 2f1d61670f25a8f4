-- $1 id, $2 user_id, $3 digest, $4 modality, $5 environment_id, $6 started_at.
-- Runs with the id and the account locked, so what it sees stays true until the end.
WITH known AS (
    SELECT sessions.user_id, write_receipts.digest
    FROM sessions
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'session'
                            AND write_receipts.resource_id = sessions.id
    WHERE sessions.id = $1
), stored AS (
    INSERT INTO sessions (id, user_id, session_number, modality, environment_id, started_at)
    SELECT $1, $2, coalesce(max(session_number), 0) + 1, $4, $5, $6
    FROM sessions WHERE user_id = $2
    HAVING NOT EXISTS (SELECT FROM known)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, status, session_number
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest)
    SELECT 'session', id, $2, $3 FROM stored
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, to_state, event_data)
    SELECT id, $2, 'state_transition', status,
           jsonb_build_object('action', 'session_create', 'session_number', session_number)
    FROM stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201
                WHEN known.user_id IS NULL THEN 404
                WHEN known.digest = $3 THEN 200
                ELSE 409 END AS status
    FROM (SELECT) AS one LEFT JOIN known ON true
)
SELECT status, '' AS pointer, set_config('haven.status', status::text, true) FROM outcome
