SELECT * FROM haven_answered(case_claim($1, $2, $3), $4)
