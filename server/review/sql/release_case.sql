SELECT * FROM haven_answered(case_release($1, $2, $3), $4)
