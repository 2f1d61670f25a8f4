SELECT * FROM haven_answered(devices_end($1::uuid, $2::jsonb, $3::jsonb), $4)
