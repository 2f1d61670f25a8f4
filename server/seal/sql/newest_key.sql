-- Any key there is: whether the master key opens it.
SELECT id, user_id, wrapped_key FROM encryption_keys ORDER BY id DESC LIMIT 1
