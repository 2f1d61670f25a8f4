-- $1 user_id or NULL for the person who asks, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many.
-- The newest first.
SELECT * FROM haven_listed(reflections_seen($1), ARRAY(
    SELECT (id, created_at, reflection_item(reflections), user_id)::haven_item
    FROM reflections
    WHERE user_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT $4::integer + 1), $4, $6)
