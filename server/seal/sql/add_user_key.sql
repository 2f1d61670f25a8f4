-- $1 id, $2 user_id, $3 wrapped_key, $4 master_key. The person's key: this one, or the one that was there first. (An update that
-- changes nothing, so that the other's row is seen although it is newer than this statement.)
INSERT INTO encryption_keys (id, user_id, wrapped_key, master_key) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id) WHERE retired_at IS NULL DO UPDATE SET user_id = encryption_keys.user_id
RETURNING id, wrapped_key
