-- Completed, at the time of the body.
SELECT * FROM haven_answered(session_end($1::uuid, $2::jsonb, $3::jsonb), $4)
