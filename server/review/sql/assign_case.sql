SELECT * FROM haven_answered(case_assign($1, $2, $3), $4)
