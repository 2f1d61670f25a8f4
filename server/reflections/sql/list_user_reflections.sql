-- $1 user_id, or NULL for the person who asks.
SELECT * FROM haven_listed(reflections_seen($1), ARRAY(
    SELECT (id, created_at, reflection_item(reflections), user_id)::haven_item
    FROM reflections
    WHERE user_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END AND $7::jsonb IS NOT NULL
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
