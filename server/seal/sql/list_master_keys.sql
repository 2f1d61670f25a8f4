-- Those that something may be wrapped under: one, and two while they are exchanged.
SELECT check_value, wrapped_hash_key FROM master_keys ORDER BY created_at, check_value
