-- $1 user_id.
SELECT set_config('haven.status', '200', true) FROM users WHERE id = $1
