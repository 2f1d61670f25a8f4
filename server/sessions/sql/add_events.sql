-- Events of session $1.
SELECT * FROM haven_answered(session_events_add($1::uuid, $2::jsonb, $3::jsonb), $4)
