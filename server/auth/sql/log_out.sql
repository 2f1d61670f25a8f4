SELECT * FROM haven_answered(token_log_out($1::uuid, $2::jsonb, $3::jsonb), $4)
