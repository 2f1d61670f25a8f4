-- Of the person who asks.
SELECT * FROM haven_answered(preferences_patch($1::uuid, $2::jsonb, $3::jsonb), $4)
