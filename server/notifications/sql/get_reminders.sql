-- All of the person who asks: there are few.
SELECT * FROM haven_answered(reminders_get($1::uuid, $2::jsonb, $3::jsonb), $4)
