-- $1 id, $2 user_id.
SELECT id, exercise_id, vr_session_id, left_hand_strokes, right_hand_strokes, symmetry_enabled, stroke_count,
       duration_seconds, created_at, set_config('haven.status', '200', true)
FROM bilateral_drawings WHERE id = $1 AND user_id = $2
