-- Without what has expired.
SELECT * FROM haven_listed(haven_ok(haven_actor_id(), NULL), ARRAY(
    SELECT (id, created_at, notification_item(notifications), user_id)::haven_item
    FROM notifications
    WHERE $1::uuid IS NULL AND user_id = (SELECT haven_actor_id())
      AND (expires_at IS NULL OR expires_at > now())
      AND ($7::jsonb #>> '{query,unread}' IS NULL OR (read IS NOT TRUE) = ($7 #>> '{query,unread}')::boolean)
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'notification_type', notification_type)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
