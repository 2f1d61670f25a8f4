-- $1 user_id.
SELECT * FROM haven_answered(consent_of_user($1::uuid, $2::jsonb, $3::jsonb), $4)
