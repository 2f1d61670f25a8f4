-- $1 the new email in its one form, $2 as an older row may hold it, $3 the hash the password was proved against, $4 access.
SELECT status, body, pointer, detail FROM haven_answered(email_put($1, $2, $3), $4)
