-- One that the actor may see.
SELECT * FROM haven_answered(vr_session_get($1::uuid, $2::jsonb, $3::jsonb), $4)
