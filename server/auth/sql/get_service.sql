-- $1 id.
SELECT * FROM haven_answered(service_get($1::uuid, $2::jsonb, $3::jsonb), $4)
