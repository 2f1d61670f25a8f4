SELECT * FROM haven_answered(reminder_delete($1::uuid, $2::jsonb, $3::jsonb), $4)
