-- $1 user_id. The key to seal with, if there is one.
SELECT id, wrapped_key FROM encryption_keys WHERE user_id = $1 AND retired_at IS NULL
