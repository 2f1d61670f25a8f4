-- $1 check_value, $2 wrapped_hash_key: one that all is to be wrapped under, in place of the one that is there.
WITH added AS (
    INSERT INTO master_keys (check_value, wrapped_hash_key) VALUES ($1, $2)
)
INSERT INTO audit_logs (action, resource_type) VALUES ('master_key_add', 'master_keys')
