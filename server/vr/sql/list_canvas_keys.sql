-- $1 the last id seen, or NULL, $2 how many. All drawings in the order of their ids, to find those without their canvases.
SELECT id, user_id, canvas_1_minio_key, canvas_2_minio_key, combined_minio_key
FROM bilateral_drawings WHERE $1::uuid IS NULL OR id > $1
ORDER BY id
LIMIT $2::integer
