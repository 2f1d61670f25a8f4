-- $1 terms, as haven_open_family has them, $2 the access token's hash, $3 the refresh token's, $4 a new password_hash where
-- the parameters have changed, or NULL, $5 the one the password was proved against, $6 access. 401: the account was closed,
-- or its password changed, meanwhile.
SELECT status, body FROM haven_answered(token_log_in($1, $2, $3, $4, $5), $6)
