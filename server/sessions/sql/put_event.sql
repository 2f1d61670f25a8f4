-- $1 id, $2 what happened.
SELECT * FROM haven_answered(session_event_put($1::uuid, $2::jsonb, $3::jsonb), $4)
