-- $1 check_value of the new master key, $2 id, $3 the same wrapped under it. As it is now.
UPDATE encryption_keys SET wrapped_key = $3, master_key = $1 WHERE id = $2 RETURNING wrapped_key AS wrapped
