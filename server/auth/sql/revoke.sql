-- $1 token_hash, $2 the client that brings it, $3 access. 400: pointer is OAuth's error.
SELECT status, pointer, detail FROM haven_answered(token_revoke($1, $2), $3)
