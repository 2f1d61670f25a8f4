-- $1 the refresh token's hash, $2 and $3 those of the access and the refresh token it is spent for, $4 how long an access
-- token is good, $5 the client that brings it, $6 access.
SELECT status, body, pointer, detail
FROM haven_answered(token_refresh($1, $2, $3, $4::bigint::double precision, $5), $6)
