-- Of all sessions.
SELECT * FROM haven_answered(agent_costs_by_day($1::uuid, $2::jsonb, $3::jsonb), $4)
