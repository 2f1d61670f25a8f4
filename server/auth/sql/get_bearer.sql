-- $1 NULL. Who bears the token, and which server this is.
SELECT * FROM haven_answered(token_bearer($1::uuid, $2::jsonb, $3::jsonb), $4)
