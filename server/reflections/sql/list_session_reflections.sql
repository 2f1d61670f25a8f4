-- $1 session_id, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many. In the order they were written.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, created_at, reflection_item(reflections), user_id)::haven_item
    FROM reflections
    WHERE session_id = $1::uuid AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3::uuid))
    ORDER BY created_at, id
    LIMIT $4::integer + 1), $4, $6)
