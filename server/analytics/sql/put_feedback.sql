-- $1 session_id. Once for a session.
SELECT * FROM haven_answered(feedback_put($1::uuid, $2::jsonb, $3::jsonb), $4)
