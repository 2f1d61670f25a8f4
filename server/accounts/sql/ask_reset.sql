-- $1 user or clinician, $2 email in its one form, $3 as an older row may hold it, $4 access.
SELECT status, body, pointer, detail FROM haven_answered(password_reset_post($1, $2, $3), $4)
