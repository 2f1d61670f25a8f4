-- $1 exercise_id, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 unused.
SELECT * FROM haven_listed(exercise_seen($1), drawings_page($1::uuid, $2::timestamptz, $3::uuid, $4::integer), $4, $6)
WHERE $5::jsonb IS NOT NULL
