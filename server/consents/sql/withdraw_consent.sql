-- The person's word on the matter of record $1 is no from now on.
SELECT * FROM haven_answered(consent_withdraw($1::uuid, $2::jsonb, $3::jsonb), $4)
