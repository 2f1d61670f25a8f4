-- $1 check_value of the new master key. The others, where nothing is wrapped under them.
WITH gone AS (
    DELETE FROM master_keys WHERE check_value <> $1 RETURNING check_value
), audit AS (
    INSERT INTO audit_logs (action, resource_type) SELECT 'master_key_exchange', 'master_keys' FROM gone
)
SELECT count(*) AS forgotten FROM gone
