-- $1 session_id.
SELECT * FROM haven_answered(feedback_get($1::uuid, $2::jsonb, $3::jsonb), $4)
