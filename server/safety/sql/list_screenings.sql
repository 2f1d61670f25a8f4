-- $1 session_id, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 unused. In the order they were made.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, created_at, screening_item(safety_screenings), user_id)::haven_item
    FROM safety_screenings
    WHERE session_id = $1 AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3::uuid))
    ORDER BY created_at, id
    LIMIT $4::integer + 1), $4, $6)
