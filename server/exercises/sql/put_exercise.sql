-- $1 id, $2 what is begun.
SELECT * FROM haven_answered(exercise_put($1::uuid, $2::jsonb, $3::jsonb), $4)
