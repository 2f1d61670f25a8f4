-- $2 is {"said": the body, "ip_address": text, "user_agent": text}.
SELECT * FROM haven_answered(consent_put($1::uuid, $2::jsonb, $3::jsonb), $4)
