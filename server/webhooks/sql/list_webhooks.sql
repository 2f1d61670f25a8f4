-- $1 NULL.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, created_at, webhook_item(webhooks), NULL)::haven_item
    FROM webhooks
    WHERE $1::uuid IS NULL AND $7::jsonb IS NOT NULL
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
