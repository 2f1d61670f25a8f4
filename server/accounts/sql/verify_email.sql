-- $1 the hash of a code, $2 access.
SELECT status, body, pointer, detail FROM haven_answered(email_verification_post($1), $2)
