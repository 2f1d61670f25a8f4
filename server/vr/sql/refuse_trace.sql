-- $1 id of the drawing, $2 user_id, $3 the status it is refused with, $4 access. What was sent is not what it was said to
-- be: it is not kept, and the upload begins anew.
WITH emptied AS (
    DELETE FROM trace_chunks WHERE drawing_id = $1 AND user_id = $2 AND $3::integer = 422
)
SELECT status FROM haven_answered(haven_status($2, CASE $3::integer WHEN 404 THEN haven_missing('bilateral_drawing', $1)
                                                                    ELSE $3::integer END), $4)
