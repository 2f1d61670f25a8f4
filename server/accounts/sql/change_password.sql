-- $1 the new password_hash, $2 the one the old password was proved against, $3 the log-in that goes on: all others end; $4
-- access. 409: the password was changed meanwhile.
SELECT status, body, pointer, detail FROM haven_answered(password_put($1, $2, $3), $4)
