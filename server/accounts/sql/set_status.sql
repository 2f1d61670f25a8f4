-- $1 user_id.
SELECT * FROM haven_answered(account_set_status($1::uuid, $2::jsonb, $3::jsonb), $4)
