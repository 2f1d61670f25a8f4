-- $1 id of the drawing, $2 user_id. What a completion has to know before it reads the chunks.
SELECT coalesce((SELECT consent_given AND withdrawn_at IS NULL FROM consent_records
                 WHERE user_id = $2 AND consent_type = 'motion_trace'
                 ORDER BY consented_at DESC, id DESC LIMIT 1), false) AS consent_given,
       artifact.file_size_bytes AS stored_bytes, artifact.content_sha256 AS stored_sha256,
       (SELECT coalesce(max(chunk_offset + octet_length(bytes)), 0) FROM trace_chunks
        WHERE drawing_id = drawing.id) AS held_bytes
FROM bilateral_drawings AS drawing
LEFT JOIN exercise_artifacts AS artifact ON artifact.bilateral_drawing_id = drawing.id
                                        AND artifact.artifact_type = 'vr_volumetric'
WHERE drawing.id = $1 AND drawing.user_id = $2
