-- $1 name, $2 token_hash, $3 for how many days, $4 for how many hours its other tokens are good. By the person who runs the
-- server. No row: there is none of this name, or it is suspended.
WITH made AS (
    SELECT haven_rotate_service((SELECT id FROM services WHERE name = $1), $2, $3, make_interval(hours => $4)) AS service
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id, service_id)
    SELECT 'service_rotate', 'services', (service ->> 'id')::uuid, (service ->> 'id')::uuid FROM made
    WHERE service IS NOT NULL
)
SELECT (service ->> 'id')::uuid AS id FROM made WHERE service IS NOT NULL
