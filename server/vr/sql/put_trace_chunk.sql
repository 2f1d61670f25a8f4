-- $1 id of the drawing, $2 user_id, $3 chunk_offset, $4 bytes, $5 the most bytes of a trace. Runs with the id locked. 404:
-- not the caller's. $6 access. 403 where the person has not agreed to keep the motion; 409 where the chunk neither follows nor
-- repeats what is here.
WITH drawing AS (
    SELECT bilateral_drawings.id, exercises.session_id
    FROM bilateral_drawings JOIN exercises ON exercises.id = bilateral_drawings.exercise_id
    WHERE bilateral_drawings.id = $1 AND bilateral_drawings.user_id = $2
), consent AS (
    SELECT coalesce((SELECT consent_given AND withdrawn_at IS NULL FROM consent_records
                     WHERE user_id = $2 AND consent_type = 'motion_trace'
                     ORDER BY consented_at DESC, id DESC LIMIT 1), false) AS given
), artifact AS (
    SELECT file_size_bytes FROM exercise_artifacts
    WHERE bilateral_drawing_id = $1 AND artifact_type = 'vr_volumetric'
), held AS (
    SELECT coalesce((SELECT file_size_bytes FROM artifact),
                    max(chunk_offset + octet_length(bytes)), 0) AS bytes
    FROM trace_chunks WHERE drawing_id = $1
), stored AS (
    INSERT INTO trace_chunks (drawing_id, chunk_offset, user_id, bytes)
    SELECT drawing.id, $3, $2, $4 FROM drawing, consent, held
    WHERE consent.given AND held.bytes = $3 AND NOT EXISTS (SELECT FROM artifact)
      AND $3::bigint + octet_length($4::bytea) <= $5::bigint
    RETURNING chunk_offset + octet_length(bytes) AS upload_offset
), event AS (
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT drawing.session_id, $2, 'user_interaction',
           jsonb_build_object('action', 'motion_trace_append', 'bilateral_drawing_id', drawing.id,
                              'upload_offset', stored.upload_offset)
    FROM drawing, stored
), outcome AS (
    SELECT CASE WHEN NOT consent.given THEN 403
                WHEN EXISTS (SELECT FROM stored) THEN 200
                WHEN EXISTS (SELECT FROM trace_chunks
                             WHERE drawing_id = $1 AND chunk_offset = $3 AND bytes = $4) THEN 200
                WHEN held.bytes = $3 AND NOT EXISTS (SELECT FROM artifact) THEN 413
                ELSE 409 END AS status,
           coalesce((SELECT upload_offset FROM stored), held.bytes) AS upload_offset
    FROM drawing, consent, held
)
SELECT answer.status, upload_offset
FROM (SELECT) AS one
LEFT JOIN outcome ON true, haven_answered(haven_status($2, coalesce(outcome.status, haven_missing('bilateral_drawing', $1))), $6) AS answer
