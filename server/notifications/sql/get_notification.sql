-- One that has not expired, of the person who asks.
SELECT * FROM haven_answered(notification_get($1::uuid, $2::jsonb, $3::jsonb), $4)
