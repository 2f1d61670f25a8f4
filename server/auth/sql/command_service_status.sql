-- $1 name, $2 status. By the person who runs the server. No row: there is none of this name.
WITH changed AS (
    UPDATE services SET status = $2 WHERE name = $1 RETURNING id
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id, service_id)
    SELECT 'service_status', 'services', id, id FROM changed
)
SELECT id FROM changed
