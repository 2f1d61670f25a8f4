-- $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 query: unread. The newest first, without
-- what has expired.
SELECT * FROM haven_listed(haven_ok(haven_actor_id(), NULL), ARRAY(
    SELECT (id, created_at, notification_item(notifications), user_id)::haven_item
    FROM notifications
    WHERE user_id = (SELECT haven_actor_id()) AND $1::uuid IS NULL
      AND (expires_at IS NULL OR expires_at > now())
      AND ($5::jsonb #>> '{query,unread}' IS NULL OR (read IS NOT TRUE) = ($5 #>> '{query,unread}')::boolean)
      AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT $4::integer + 1), $4, $6)
