-- $1 id, $2 user_id, $3 digest, $4 exercise_id, $5 vr_session_id or NULL, $6 left_hand_strokes, $7 right_hand_strokes,
-- $8 symmetry_enabled, $9 stroke_count, $10 duration_seconds, $11 to $13 the keys that canvas 1, 2 and the combined one
-- will have: they are drawn after this, $14 meaning, $15 access. Runs with the id locked. The vr-session is one of the exercise's session.
WITH known AS (
    SELECT bilateral_drawings.user_id, write_receipts.digest, write_receipts.meaning
    FROM bilateral_drawings
    LEFT JOIN write_receipts ON write_receipts.resource_type = 'bilateral_drawing'
                            AND write_receipts.resource_id = bilateral_drawings.id
    WHERE bilateral_drawings.id = $1
), gone AS (
    SELECT FROM (SELECT) AS one WHERE NOT EXISTS (SELECT FROM known) AND haven_is_gone('bilateral_drawing', $1, 'exercise', $4)
), parent AS (
    SELECT id, session_id FROM exercises WHERE id = $4 AND user_id = $2
), place AS (
    SELECT vr_sessions.id FROM vr_sessions JOIN parent ON parent.session_id = vr_sessions.parent_session_id
    WHERE vr_sessions.id = $5 AND vr_sessions.user_id = $2
), stored AS (
    INSERT INTO bilateral_drawings (id, exercise_id, user_id, vr_session_id, left_hand_strokes, right_hand_strokes,
                                    symmetry_enabled, stroke_count, duration_seconds, canvas_1_minio_key,
                                    canvas_2_minio_key, combined_minio_key)
    SELECT $1, parent.id, $2, $5::uuid, $6::jsonb, $7::jsonb, $8, $9, $10, $11, $12, $13
    FROM parent
    WHERE NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM gone) AND ($5::uuid IS NULL OR EXISTS (SELECT FROM place))
    ON CONFLICT DO NOTHING
    RETURNING id
), receipt AS (
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    SELECT 'bilateral_drawing', id, $2, $3, $14::bytea FROM stored
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT parent.session_id, $2, 'user_interaction',
           jsonb_build_object('action', 'bilateral_drawing_create', 'bilateral_drawing_id', stored.id,
                              'stroke_count', $9::integer, 'duration_seconds', $10::integer)
    FROM parent, stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201
                WHEN known.user_id <> $2 THEN 404
                WHEN known.digest = $3 OR known.meaning = $14::bytea THEN 200
                WHEN known.user_id IS NOT NULL THEN 409
                WHEN EXISTS (SELECT FROM gone) THEN 410
                WHEN NOT EXISTS (SELECT FROM parent) THEN 422
                WHEN $5::uuid IS NOT NULL AND NOT EXISTS (SELECT FROM place) THEN 422
                ELSE 404 END AS status
    FROM (SELECT) AS one LEFT JOIN known ON true
)
SELECT answer.status, CASE WHEN EXISTS (SELECT FROM parent) THEN '/vr_session_id' ELSE '/exercise_id' END AS pointer
FROM outcome, haven_answered(haven_status($2, outcome.status), $15) AS answer
