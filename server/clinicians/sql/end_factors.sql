SELECT * FROM haven_answered(clinician_end_factors($1, $2, $3), $4)
