SELECT * FROM haven_answered(clinician_get($1, $2, $3), $4)
