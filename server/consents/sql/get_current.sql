-- Of the person who asks.
SELECT * FROM haven_answered(consent_current($1::uuid, $2::jsonb, $3::jsonb), $4)
