-- $1 id, $2 user_id, $3 digest, $4 modality, $5 environment_id, $6 started_at, as the device tells it, $7 meaning.
-- Runs with the id and the account locked, so what it sees stays true until the end.
WITH known AS (
    SELECT sessions.user_id, write_receipts.digest, write_receipts.meaning
    FROM sessions
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'session'
                            AND write_receipts.resource_id = sessions.id
    WHERE sessions.id = $1
), clock AS (
    SELECT at, corrected FROM haven_device_time($6::timestamptz)
), stored AS (
    INSERT INTO sessions (id, user_id, session_number, modality, environment_id, started_at, clock_corrected)
    SELECT $1, $2, coalesce(max(session_number), 0) + 1, $4, $5, (SELECT at FROM clock), (SELECT corrected FROM clock)
    FROM sessions WHERE user_id = $2
    HAVING NOT EXISTS (SELECT FROM known)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, status, session_number
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    SELECT 'session', id, $2, $3, $7::bytea FROM stored
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, to_state, event_data)
    SELECT id, $2, 'state_transition', status,
           jsonb_build_object('action', 'session_create', 'session_number', session_number)
    FROM stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201
                WHEN known.user_id IS NULL THEN 404
                WHEN known.digest = $3 OR known.meaning = $7::bytea THEN 200
                ELSE 409 END AS status
    FROM (SELECT) AS one LEFT JOIN known ON true
)
SELECT status, '' AS pointer, set_config('haven.status', status::text, true) FROM outcome
