-- $1 id, $2 user_id, $3 digest, $4 parent_session_id, $5 environment_id, $6 environment_config, $7 interaction_mode,
-- $8 spatial_audio_enabled, $9 cinematic_mode_enabled, $10 camera_path_data, $11 started_at, as the device tells it,
-- $12 meaning.
-- Runs with the id locked. A session that has only been created becomes active.
WITH known AS (
    SELECT vr_sessions.user_id, write_receipts.digest, write_receipts.meaning
    FROM vr_sessions
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'vr_session'
                            AND write_receipts.resource_id = vr_sessions.id
    WHERE vr_sessions.id = $1
), parent AS (
    SELECT id, status FROM sessions WHERE id = $4 AND user_id = $2 FOR NO KEY UPDATE
), clock AS (
    SELECT at, corrected FROM haven_device_time($11::timestamptz)
), stored AS (
    INSERT INTO vr_sessions (id, parent_session_id, user_id, environment_id, environment_config, interaction_mode,
                             spatial_audio_enabled, cinematic_mode_enabled, camera_path_data, started_at,
                             clock_corrected)
    SELECT $1, parent.id, $2, $5, $6::jsonb, $7, $8, $9, $10::jsonb, clock.at, clock.corrected FROM parent, clock
    WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING
    RETURNING id
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    SELECT 'vr_session', id, $2, $3, $12::bytea FROM stored
), step AS (
    SELECT haven_step(parent.id, CASE parent.status WHEN 'created' THEN 'active' ELSE parent.status END,
                      'vr_session_start',
                      jsonb_build_object('vr_session_id', stored.id, 'environment_id', $5::text,
                                         'interaction_mode', $7::text)) AS moved
    FROM parent, stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201
                WHEN NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM parent) THEN 422
                WHEN known.user_id IS NULL THEN 404
                WHEN known.digest = $3 OR known.meaning = $12::bytea THEN 200
                ELSE 409 END AS status
    FROM (SELECT) AS one LEFT JOIN known ON true
)
SELECT status, '/parent_session_id' AS pointer, set_config('haven.status', status::text, true),
       (SELECT count(moved) FROM step) AS steps
FROM outcome
