-- $1 id, $2 user_id.
SELECT id, modality, environment_id, started_at, status, session_number, completed_at, duration_minutes,
       set_config('haven.status', '200', true)
FROM sessions WHERE id = $1 AND user_id = $2
