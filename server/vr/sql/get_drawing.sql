-- One that the actor may see; $2 and $3 unused, $4 access.
SELECT answer.status, CASE WHEN drawing.id IS NOT NULL THEN drawing_json(drawing) END AS body, answer.pointer, answer.detail
FROM (SELECT $2::jsonb, $3::jsonb) AS request
LEFT JOIN bilateral_drawings AS drawing ON drawing.id = $1::uuid,
     haven_answered(CASE WHEN drawing.id IS NULL THEN haven_not_found() ELSE haven_ok(drawing.user_id, NULL) END, $4) AS answer
