-- $1 id of the drawing, $2 user_id, $3 the object's key, $4 size, $5 SHA-256 of the trace as it was sent, $6 id of the
-- artifact, $7 the key it is sealed under. Runs with the id locked, when the object is stored and still noted as loose. 404:
-- not the caller's. $8 access.
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
), loose AS (
    SELECT object_key FROM loose_objects WHERE object_key = $3 AND condemned_at IS NULL FOR UPDATE
), stored AS (
    INSERT INTO exercise_artifacts (id, exercise_id, user_id, artifact_type, minio_object_key, sensitivity_level, sealed,
                                    encryption_key_id, file_size_bytes, mime_type, bilateral_drawing_id, content_sha256)
    SELECT $6, drawing.exercise_id, $2, 'vr_volumetric', loose.object_key, 'high', true, $7::uuid, $4,
           'application/vnd.haven.pose-trace', drawing.id, $5
    FROM drawing, consent, loose
    WHERE consent.given AND NOT EXISTS (SELECT FROM known)
    RETURNING id
), struck AS (
    DELETE FROM loose_objects USING stored WHERE loose_objects.object_key = $3
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
                WHEN EXISTS (SELECT FROM known) THEN 409
                ELSE 503 END AS status
    FROM drawing, consent
)
SELECT answer.status
FROM (SELECT) AS one
LEFT JOIN outcome ON true, haven_answered(haven_status($2, coalesce(outcome.status, haven_missing('bilateral_drawing', $1))), $8) AS answer
