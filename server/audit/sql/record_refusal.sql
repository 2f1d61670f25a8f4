-- $1 the person, where the account is known before who asks is, or NULL; $2 status, $3 access. The answer of a request
-- whose own statements left nothing.
SELECT status FROM haven_answered(haven_status($1::uuid, $2::integer), $3)
