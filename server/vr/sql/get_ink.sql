-- $1 id of the drawing, $2 user_id. What its canvases are drawn from, and where they go.
SELECT left_hand_strokes, right_hand_strokes, canvas_1_minio_key, canvas_2_minio_key, combined_minio_key
FROM bilateral_drawings WHERE id = $1 AND user_id = $2
