-- $1 the hash of a code, $2 password_hash, $3 access.
SELECT status, body, pointer, detail FROM haven_answered(invitation_post($1, $2), $3)
