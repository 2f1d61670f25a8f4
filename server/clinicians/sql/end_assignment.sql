SELECT * FROM haven_answered(assignment_end($1, $2, $3), $4)
