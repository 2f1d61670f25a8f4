SELECT * FROM haven_answered(factor_confirm($1::uuid, $2::jsonb, $3::jsonb), $4)
