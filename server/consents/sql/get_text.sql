SELECT * FROM haven_answered(consent_text_get($1::uuid, $2::jsonb, $3::jsonb), $4)
