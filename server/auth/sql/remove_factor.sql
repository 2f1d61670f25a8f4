SELECT * FROM haven_answered(factor_remove($1::uuid, $2::jsonb, $3::jsonb), $4)
