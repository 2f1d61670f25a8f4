-- By a supervisor.
SELECT * FROM haven_answered(consent_text_put($1::uuid, $2::jsonb, $3::jsonb), $4)
