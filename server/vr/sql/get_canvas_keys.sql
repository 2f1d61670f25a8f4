-- $1 id of the drawing, $2 user_id.
SELECT canvas_1_minio_key, canvas_2_minio_key, combined_minio_key, set_config('haven.status', '200', true)
FROM bilateral_drawings WHERE id = $1 AND user_id = $2
