-- $1 token_hash, $2 user_id, $3 lifetime in seconds, $4 a new password_hash where the parameters have changed, or NULL, $5
-- the one the password was proved against, $6 access. 401: the account was closed, or its password changed, meanwhile.
SELECT status FROM haven_answered(token_grant($1, $2, make_interval(secs => $3::double precision), $4, $5), $6)
