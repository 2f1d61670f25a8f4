SELECT * FROM haven_answered(clinician_patch_me($1, $2, $3), $4)
