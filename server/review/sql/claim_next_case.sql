SELECT * FROM haven_answered(case_claim_next($1, $2, $3), $4)
