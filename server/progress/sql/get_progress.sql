-- $1 user_id or NULL for the person who asks.
SELECT * FROM haven_answered(progress_get($1::uuid, $2::jsonb, $3::jsonb), $4)
