-- $1 id. Of whomever who asks may see.
SELECT id, session_id, technique, technique_config, started_at, opening_prompt, to_jsonb(guideposts) AS guideposts,
       grounding_close, status, completed_at, duration_minutes, word_count, created_at, clock_corrected,
       set_config('haven.status', '200', true), haven_subject(user_id)::text
FROM exercises WHERE id = $1
