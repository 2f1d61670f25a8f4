-- $1 session_id.
SELECT * FROM haven_answered(agent_costs_of_session($1::uuid, $2::jsonb, $3::jsonb), $4)
