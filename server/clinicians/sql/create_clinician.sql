SELECT * FROM haven_answered(clinician_create($1, $2, $3), $4)
