SELECT * FROM haven_answered(clinician_set_password($1, $2, $3))
