SELECT * FROM haven_answered(service_rotate($1::uuid, $2::jsonb, $3::jsonb), $4)
