-- $1 id.
SELECT * FROM haven_answered(exercise_delete($1, $2, $3), $4)
