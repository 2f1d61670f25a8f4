SELECT * FROM haven_answered(clinician_put($1, $2, $3), $4)
