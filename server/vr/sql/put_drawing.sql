-- $1 id, $2 user_id, $3 digest of what came, $4 exercise_id, $5 vr_session_id or NULL, $6 left_hand_strokes, $7 right_hand_strokes,
-- $8 symmetry_enabled, $9 stroke_count, $10 duration_seconds, $11 to $13 the keys that canvas 1, 2 and the combined one
-- will have: they are drawn after this, $14 meaning, $15 access. Runs with the id locked. The vr-session is one of the exercise's session.
WITH claim AS MATERIALIZED (
    SELECT haven_claim_below('bilateral_drawing', $1, $14::bytea, ARRAY[$3::bytea], 'exercise', $4) AS said
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
    FROM parent, claim
    WHERE claim.said = 'new' AND ($5::uuid IS NULL OR EXISTS (SELECT FROM place))
    ON CONFLICT DO NOTHING
    RETURNING id
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT parent.session_id, $2, 'user_interaction',
           jsonb_build_object('action', 'bilateral_drawing_create', 'bilateral_drawing_id', stored.id,
                              'stroke_count', $9::integer, 'duration_seconds', $10::integer)
    FROM parent, stored
), outcome AS (
    SELECT CASE WHEN EXISTS (SELECT FROM stored) THEN 201
                WHEN claim.said = 'same' THEN 200
                WHEN claim.said = 'other' THEN 409
                WHEN claim.said = 'gone' THEN 410
                WHEN claim.said = 'foreign' THEN 404
                WHEN NOT EXISTS (SELECT FROM parent) THEN 422
                WHEN $5::uuid IS NOT NULL AND NOT EXISTS (SELECT FROM place) THEN 422
                ELSE 404 END AS status
    FROM claim
)
SELECT answer.status, CASE WHEN EXISTS (SELECT FROM parent) THEN '/vr_session_id' ELSE '/exercise_id' END AS pointer
FROM outcome, haven_answered(haven_status($2, outcome.status), $15) AS answer
