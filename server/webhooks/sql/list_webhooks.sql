-- $1 NULL, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 unused. The newest first.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, created_at, webhook_item(webhooks), NULL)::haven_item
    FROM webhooks
    WHERE $1::uuid IS NULL AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT $4::integer + 1), $4, $6)
