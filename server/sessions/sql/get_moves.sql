-- The table of moves.
SELECT * FROM haven_answered(session_moves_get($1::uuid, $2::jsonb, $3::jsonb), $4)
