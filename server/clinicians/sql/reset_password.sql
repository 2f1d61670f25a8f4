SELECT * FROM haven_answered(clinician_reset_password($1, $2, $3), $4)
