-- $1 id, $2 user_id.
SELECT id, wrapped_key FROM encryption_keys WHERE id = $1 AND user_id = $2
