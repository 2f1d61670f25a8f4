-- $1 check_value of the new master key. Some of what is wrapped under another.
SELECT id AS id, user_id AS bound_to, wrapped_key AS wrapped FROM encryption_keys
WHERE master_key IS DISTINCT FROM $1
ORDER BY encryption_keys.id LIMIT 500 FOR NO KEY UPDATE
