-- $1 session_id. In the order they were done.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, started_at, exercise_json(exercises), user_id)::haven_item
    FROM exercises
    WHERE session_id = $1::uuid AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (started_at, id) > ($2, $3::uuid))
    ORDER BY started_at, id
    LIMIT $4::integer + 1), $4, $6)
