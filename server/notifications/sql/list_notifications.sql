-- $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 query: unread. The newest first, without
-- what has expired.
SELECT id, created_at AS page_time, notification_item(notifications) AS item
FROM notifications
WHERE user_id = (SELECT haven_actor_id()) AND $1::uuid IS NULL
  AND (expires_at IS NULL OR expires_at > now())
  AND ($5::jsonb #>> '{query,unread}' IS NULL OR (read IS NOT TRUE) = ($5 #>> '{query,unread}')::boolean)
  AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $4::integer + 1
