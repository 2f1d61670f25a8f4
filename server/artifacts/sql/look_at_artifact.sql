-- $1 id. What must be known before a file is stored; no row: not there, or not the caller's.
SELECT artifact_type, sealed, user_id, minio_object_key IS NOT NULL AS has_file FROM exercise_artifacts WHERE id = $1
