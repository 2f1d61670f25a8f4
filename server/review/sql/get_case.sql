SELECT * FROM haven_answered(case_get($1, $2, $3), $4)
