-- Prints what is wrong with the drawing :drawing_id, of :left and :right strokes; nothing when it is all there.
WITH drawing AS (
    SELECT d.*, e.session_id, v.parent_session_id, v.ended_at, v.performance_metrics
    FROM bilateral_drawings d JOIN exercises e ON e.id = d.exercise_id JOIN vr_sessions v ON v.id = d.vr_session_id
    WHERE d.id = :'drawing_id'
), own AS (
    SELECT count(*) FILTER (WHERE h.hand = 'left') AS lefts, count(*) FILTER (WHERE h.hand = 'right') AS rights
    FROM drawing, LATERAL (VALUES ('left', left_hand_strokes), ('right', right_hand_strokes)) h(hand, document),
         LATERAL jsonb_array_elements(document -> 'strokes') stroke
    WHERE NOT stroke ?| ARRAY['derived_from', 'removed_ms']
)
SELECT 'the drawing is not linked to its session' WHERE NOT EXISTS (SELECT FROM drawing WHERE session_id = parent_session_id)
UNION ALL SELECT format('left hand: %s strokes stored, %s drawn', lefts, :left) FROM own WHERE lefts <> :left
UNION ALL SELECT format('right hand: %s strokes stored, %s drawn', rights, :right) FROM own WHERE rights <> :right
UNION ALL SELECT 'nothing was drawn' FROM own WHERE lefts + rights = 0
UNION ALL SELECT 'stroke_count is wrong' FROM drawing, own WHERE stroke_count <> lefts + rights
UNION ALL SELECT 'a canvas is missing' FROM drawing
          WHERE canvas_1_minio_key IS NULL OR canvas_2_minio_key IS NULL OR combined_minio_key IS NULL
UNION ALL SELECT 'the performance metrics are missing' FROM drawing WHERE performance_metrics IS NULL
UNION ALL SELECT 'the VR session has not ended' FROM drawing WHERE ended_at IS NULL
UNION ALL SELECT 'the motion trace is missing' FROM drawing
          WHERE NOT EXISTS (SELECT FROM exercise_artifacts a WHERE a.exercise_id = drawing.exercise_id AND a.artifact_type = 'vr_volumetric');
