-- $1 id of the vr-session, $2 how the headset performed.
SELECT * FROM haven_answered(vr_session_put_metrics($1::uuid, $2::jsonb, $3::jsonb), $4)
