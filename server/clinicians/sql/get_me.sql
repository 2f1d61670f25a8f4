SELECT * FROM haven_answered(clinician_get_me($1, $2, $3), $4)
