SELECT * FROM haven_answered(service_set_status($1::uuid, $2::jsonb, $3::jsonb), $4)
