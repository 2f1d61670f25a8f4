-- A drawing as it is read, as text: its ink may be megabytes, and is never taken apart.
CREATE OR REPLACE FUNCTION drawing_json(drawing bilateral_drawings) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT format('%s, "left_hand_strokes": %s, "right_hand_strokes": %s}',
                  left(haven_said(jsonb_build_object(
                      'id', drawing.id, 'exercise_id', drawing.exercise_id,
                      'vr_session_id', drawing.vr_session_id,
                      'symmetry_enabled', coalesce(drawing.symmetry_enabled, true),
                      'stroke_count', coalesce(drawing.stroke_count, 0),
                      'duration_seconds', coalesce(drawing.duration_seconds, 0),
                      'created_at', haven_utc(drawing.created_at)))::text, -1),
                  coalesce(drawing.left_hand_strokes, '{}'), coalesce(drawing.right_hand_strokes, '{}'))
$$;
