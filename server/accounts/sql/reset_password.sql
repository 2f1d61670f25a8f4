-- $1 the hash of a code, $2 the new password_hash, $3 access.
SELECT status, body, pointer, detail FROM haven_answered(password_reset_put($1, $2), $3)
