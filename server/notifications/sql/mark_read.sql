-- The first time counts.
SELECT * FROM haven_answered(notification_mark_read($1::uuid, $2::jsonb, $3::jsonb), $4)
