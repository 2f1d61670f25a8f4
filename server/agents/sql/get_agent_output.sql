-- One that the actor may see, as far as they may.
SELECT * FROM haven_answered(agent_output_get($1::uuid, $2::jsonb, $3::jsonb), $4)
