-- $1 id, $2 how it ended.
SELECT * FROM haven_answered(exercise_end($1::uuid, $2::jsonb, $3::jsonb), $4)
