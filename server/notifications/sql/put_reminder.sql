SELECT * FROM haven_answered(reminder_put($1::uuid, $2::jsonb, $3::jsonb), $4)
