-- $1 id, $2 user_id, $3 digest, $4 session_id, $5 technique, $6 technique_config, $7 started_at,
-- $8 opening_prompt, $9 guideposts as a JSON array or NULL, $10 grounding_close, $11 meaning.
-- Runs with the id locked. The session goes into its exercise where it can from where it stands.
WITH known AS (
    SELECT exercises.user_id, write_receipts.digest, write_receipts.meaning
    FROM exercises
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'exercise'
                            AND write_receipts.resource_id = exercises.id
    WHERE exercises.id = $1
), parent AS (
    SELECT id, status FROM sessions WHERE id = $4 AND user_id = $2 FOR NO KEY UPDATE
), clock AS (
    SELECT at, corrected FROM haven_device_time($7::timestamptz)
), stored AS (
    INSERT INTO exercises (id, session_id, user_id, technique, technique_config, started_at, opening_prompt, guideposts,
                           grounding_close, clock_corrected)
    SELECT $1, parent.id, $2, $5, $6::jsonb, clock.at, $8, haven_texts($9::jsonb), $10, clock.corrected FROM parent, clock
    WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING
    RETURNING id
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    SELECT 'exercise', id, $2, $3, $11::bytea FROM stored
), step AS (
    SELECT haven_step(parent.id, 'exercise_in_progress', 'exercise_start',
                      jsonb_build_object('exercise_id', stored.id, 'technique', $5::text)) AS moved
    FROM parent, stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201
                WHEN NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM parent) THEN 422
                WHEN known.user_id IS NULL THEN 404
                WHEN known.digest = $3 OR known.meaning = $11::bytea THEN 200
                ELSE 409 END AS status
    FROM (SELECT) AS one LEFT JOIN known ON true
)
SELECT status, '/session_id' AS pointer, set_config('haven.status', status::text, true),
       (SELECT count(moved) FROM step) AS steps
FROM outcome
