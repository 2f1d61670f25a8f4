-- By a service or a supervisor.
SELECT * FROM haven_answered(prompt_put($1::uuid, $2::jsonb, $3::jsonb), $4)
