-- $1 id, $2 when it ended.
SELECT * FROM haven_answered(vr_session_end($1::uuid, $2::jsonb, $3::jsonb), $4)
