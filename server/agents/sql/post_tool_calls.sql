-- $1 agent_output_id. By a service.
SELECT * FROM haven_answered(agent_tool_calls_post($1::uuid, $2::jsonb, $3::jsonb), $4)
