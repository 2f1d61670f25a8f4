-- To the status of the body, where session_moves lets the actor ask for it.
SELECT * FROM haven_answered(session_move($1::uuid, $2::jsonb, $3::jsonb), $4)
