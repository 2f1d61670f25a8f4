-- By a service.
SELECT * FROM haven_answered(notification_put($1::uuid, $2::jsonb, $3::jsonb), $4)
