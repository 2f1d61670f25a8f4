SELECT * FROM haven_answered(clinician_invite($1, $2, $3), $4)
