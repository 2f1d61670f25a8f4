-- $1 family.
SELECT * FROM haven_answered(device_end($1::uuid, $2::jsonb, $3::jsonb), $4)
