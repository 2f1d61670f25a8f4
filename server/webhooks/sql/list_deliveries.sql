-- $1 the webhook.
SELECT * FROM haven_listed(
    CASE WHEN EXISTS (SELECT FROM webhooks WHERE id = $1) THEN haven_ok(haven_nobody(), NULL) ELSE haven_not_found() END, ARRAY(
    SELECT (id, created_at, webhook_delivery_item(webhook_deliveries), user_id)::haven_item
    FROM webhook_deliveries
    WHERE webhook_id = $1::uuid AND $7::jsonb IS NOT NULL
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
