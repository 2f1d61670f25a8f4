-- $1 id, $2 user_id.
SELECT id, session_id, technique, technique_config, started_at, status, completed_at, duration_minutes,
       set_config('haven.status', '200', true)
FROM exercises WHERE id = $1 AND user_id = $2
