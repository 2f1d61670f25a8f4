-- $1 session_id. By a service.
SELECT * FROM haven_answered(agent_outputs_post($1::uuid, $2::jsonb, $3::jsonb), $4)
