-- What one drawing left behind, a line a row. :drawing_id names it.
WITH drawing AS (
    SELECT d.*, e.session_id FROM bilateral_drawings d JOIN exercises e ON e.id = d.exercise_id WHERE d.id = :'drawing_id'
), ink AS (
    SELECT hand, count(*) AS strokes, sum(jsonb_array_length(stroke -> 'x')) AS points
    FROM drawing, LATERAL (VALUES ('left', left_hand_strokes), ('right', right_hand_strokes)) h(hand, document),
         LATERAL jsonb_array_elements(document -> 'strokes') stroke
    GROUP BY hand
)
SELECT format('  users              %s', u.id) FROM drawing d JOIN users u ON u.id = d.user_id
UNION ALL
SELECT format('  sessions           %s  number %s, %s, %s, %s', s.id, s.session_number, s.modality, s.environment_id, s.status)
FROM drawing d JOIN sessions s ON s.id = d.session_id
UNION ALL
SELECT format('  exercises          %s  %s, %s', e.id, e.technique, e.status) FROM drawing d JOIN exercises e ON e.id = d.exercise_id
UNION ALL
SELECT format('  vr_sessions        %s  %s, %s, %s s, %s fps, %s frames, %s dropped', v.id, v.environment_id, v.interaction_mode,
              round(extract(epoch FROM v.ended_at - v.started_at), 1),
              round((v.performance_metrics ->> 'fps')::numeric, 1), v.performance_metrics ->> 'frames',
              v.performance_metrics #>> '{dropped_frames,total}')
FROM drawing d JOIN vr_sessions v ON v.id = d.vr_session_id
UNION ALL
SELECT format('  bilateral_drawings %s  %s strokes in %s s, symmetry %s', d.id, d.stroke_count, d.duration_seconds,
              CASE WHEN d.symmetry_enabled THEN 'on' ELSE 'off' END) FROM drawing d
UNION ALL
SELECT format('    %s hand: %s strokes, %s points', rpad(i.hand, 5), i.strokes, i.points) FROM ink i
UNION ALL
SELECT format('    canvases: %s', concat_ws(' ', d.canvas_1_minio_key, d.canvas_2_minio_key, d.combined_minio_key)) FROM drawing d
UNION ALL
SELECT format('  exercise_artifacts %s  %s, %s bytes, %s', a.id, a.artifact_type, a.file_size_bytes, a.minio_object_key)
FROM drawing d JOIN exercise_artifacts a ON a.exercise_id = d.exercise_id
UNION ALL
SELECT format('  session_events     %s rows', count(*)) FROM drawing d JOIN session_events e ON e.session_id = d.session_id
UNION ALL
SELECT format('  audit_logs         %s rows', count(*)) FROM drawing d JOIN audit_logs a ON a.user_id = d.user_id;
