-- $1 id of the drawing, $2 user_id, $3 the object's key, $4 size, $5 SHA-256. Runs with the id locked, when the object is
-- stored. No row: not the caller's.
WITH drawing AS (
    SELECT bilateral_drawings.id, bilateral_drawings.exercise_id, exercises.session_id
    FROM bilateral_drawings JOIN exercises ON exercises.id = bilateral_drawings.exercise_id
    WHERE bilateral_drawings.id = $1 AND bilateral_drawings.user_id = $2
), consent AS (
    SELECT coalesce((SELECT consent_given AND withdrawn_at IS NULL FROM consent_records
                     WHERE user_id = $2 AND consent_type = 'motion_trace'
                     ORDER BY consented_at DESC, id DESC LIMIT 1), false) AS given
), known AS (
    SELECT file_size_bytes, content_sha256 FROM exercise_artifacts
    WHERE bilateral_drawing_id = $1 AND artifact_type = 'vr_volumetric'
), stored AS (
    INSERT INTO exercise_artifacts (exercise_id, user_id, artifact_type, minio_object_key, sensitivity_level,
                                    file_size_bytes, mime_type, bilateral_drawing_id, content_sha256)
    SELECT drawing.exercise_id, $2, 'vr_volumetric', $3, 'high', $4, 'application/vnd.haven.pose-trace', drawing.id, $5
    FROM drawing, consent
    WHERE consent.given AND NOT EXISTS (SELECT FROM known)
    RETURNING id
), emptied AS (
    DELETE FROM trace_chunks USING stored WHERE drawing_id = $1
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT drawing.session_id, $2, 'user_interaction',
           jsonb_build_object('action', 'motion_trace_complete', 'bilateral_drawing_id', drawing.id,
                              'artifact_id', stored.id, 'size_bytes', $4::bigint)
    FROM drawing, stored
), outcome AS (
    SELECT CASE WHEN NOT consent.given THEN 403
                WHEN EXISTS (SELECT FROM stored) THEN 200
                WHEN EXISTS (SELECT FROM known WHERE file_size_bytes = $4 AND content_sha256 = $5) THEN 200
                ELSE 409 END AS status
    FROM drawing, consent
)
SELECT status, set_config('haven.status', status::text, true) FROM outcome
