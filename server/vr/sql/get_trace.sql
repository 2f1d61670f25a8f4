-- $1 id of the drawing, $2 user_id, $3 access. How much of its motion trace is here.
SELECT answer.status, coalesce(artifact.file_size_bytes, held.bytes) AS upload_offset, artifact.id IS NOT NULL AS complete,
       artifact.file_size_bytes AS size_bytes
FROM (SELECT) AS one
LEFT JOIN bilateral_drawings AS drawing ON drawing.id = $1 AND drawing.user_id = $2
LEFT JOIN exercise_artifacts AS artifact ON artifact.bilateral_drawing_id = drawing.id
                                        AND artifact.artifact_type = 'vr_volumetric'
CROSS JOIN LATERAL (SELECT coalesce(max(chunk_offset + octet_length(bytes)), 0) AS bytes
                    FROM trace_chunks WHERE drawing_id = drawing.id) AS held,
     haven_answered(CASE WHEN drawing.id IS NULL THEN haven_not_found() ELSE haven_status(drawing.user_id, 200) END, $3) AS answer
