-- A hit is counted.
SELECT * FROM haven_answered(tts_get($1::uuid, $2::jsonb, $3::jsonb), $4)
