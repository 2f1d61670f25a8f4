-- $1 id, $2 what leads through the exercise.
SELECT * FROM haven_answered(exercise_patch($1, $2, $3), $4)
