-- How many the person who asks has not read.
SELECT * FROM haven_answered(notification_count($1::uuid, $2::jsonb, $3::jsonb), $4)
