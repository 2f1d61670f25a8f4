SELECT * FROM haven_answered(case_review($1, $2, $3), $4)
