-- $1 id of the drawing, $2 user_id, $3 access.
SELECT answer.status, canvas_1_minio_key, canvas_2_minio_key, combined_minio_key
FROM (SELECT) AS one
LEFT JOIN bilateral_drawings AS drawing ON drawing.id = $1 AND drawing.user_id = $2,
     haven_answered(CASE WHEN drawing.id IS NULL THEN haven_not_found() ELSE haven_status(drawing.user_id, 200) END, $3) AS answer
