-- $1 the webhook, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 unused. The newest first.
SELECT * FROM haven_listed(
    CASE WHEN EXISTS (SELECT FROM webhooks WHERE id = $1) THEN haven_ok(haven_nobody(), NULL) ELSE haven_not_found() END, ARRAY(
    SELECT (id, created_at, webhook_delivery_item(webhook_deliveries), user_id)::haven_item
    FROM webhook_deliveries
    WHERE webhook_id = $1::uuid AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT $4::integer + 1), $4, $6)
