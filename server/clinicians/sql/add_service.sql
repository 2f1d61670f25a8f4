-- $1 name, $2 token_hash, $3 lifetime in days, $4 whether its other tokens end. A new token for the service, which is made
-- where it is not there. By the person who runs the server. No row: the service is suspended.
WITH named AS (
    INSERT INTO services (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET status = services.status
    RETURNING id, status
), token AS (
    INSERT INTO access_tokens (token_hash, service_id, expires_at)
    SELECT $2, id, now() + make_interval(days => $3::integer) FROM named WHERE status = 'active'
    RETURNING service_id
), ended AS (
    SELECT haven_end_tokens(service_id, $2) AS done FROM token WHERE $4::boolean
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id, service_id)
    SELECT 'service_add', 'services', service_id, service_id FROM token
)
SELECT service_id AS id FROM token LEFT JOIN ended ON true
