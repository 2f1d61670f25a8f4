SELECT * FROM haven_answered(assignment_put($1, $2, $3), $4)
