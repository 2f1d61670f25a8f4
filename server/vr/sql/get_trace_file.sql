-- $1 id of the drawing, $2 user_id, $3 access. Where its motion trace is, once it is whole.
SELECT answer.status, artifact.id AS artifact_id, artifact.minio_object_key AS object_key, artifact.encryption_key_id,
       artifact.file_size_bytes, encode(artifact.content_sha256, 'base64') AS content_sha256
FROM (SELECT) AS one
LEFT JOIN exercise_artifacts AS artifact ON artifact.bilateral_drawing_id = $1 AND artifact.user_id = $2
                                        AND artifact.artifact_type = 'vr_volumetric' AND artifact.minio_object_key IS NOT NULL,
     haven_answered(CASE WHEN artifact.id IS NULL THEN haven_not_found() ELSE haven_status(artifact.user_id, 200) END, $3) AS answer
