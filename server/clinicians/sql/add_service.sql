-- $1 name, $2 token_hash, $3 lifetime in days. A new token for the service, which is made where it is not there; those it
-- has stay good. By the person who runs the server. No row: the service is suspended.
WITH named AS (
    INSERT INTO services (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET status = services.status
    RETURNING id, status
), token AS (
    INSERT INTO access_tokens (token_hash, service_id, expires_at)
    SELECT $2, id, now() + make_interval(days => $3::integer) FROM named WHERE status = 'active'
    RETURNING service_id
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id, service_id)
    SELECT 'service_add', 'services', service_id, service_id FROM token
)
SELECT service_id AS id FROM token
