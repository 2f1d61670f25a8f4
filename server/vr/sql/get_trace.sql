-- $1 id of the drawing, $2 user_id. How much of its motion trace is here.
SELECT coalesce(artifact.file_size_bytes, held.bytes) AS upload_offset, artifact.id IS NOT NULL AS complete,
       artifact.file_size_bytes AS size_bytes, set_config('haven.status', '200', true)
FROM bilateral_drawings AS drawing
LEFT JOIN exercise_artifacts AS artifact ON artifact.bilateral_drawing_id = drawing.id
                                        AND artifact.artifact_type = 'vr_volumetric'
CROSS JOIN LATERAL (SELECT coalesce(max(chunk_offset + octet_length(bytes)), 0) AS bytes
                    FROM trace_chunks WHERE drawing_id = drawing.id) AS held
WHERE drawing.id = $1 AND drawing.user_id = $2
