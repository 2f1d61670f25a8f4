-- $1 token_hash, $2 access.
SELECT status FROM haven_answered(token_revoke($1), $2)
