-- $1 name, $2 its scopes with a space between them, $3 token_hash, $4 for how many days. By the person who runs the server.
-- No row: there is one of this name.
WITH made AS (
    SELECT haven_add_service($1, string_to_array($2, ' '), $3, $4) AS service
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id, service_id)
    SELECT 'service_add', 'services', (service ->> 'id')::uuid, (service ->> 'id')::uuid FROM made WHERE service IS NOT NULL
)
SELECT (service ->> 'id')::uuid AS id FROM made WHERE service IS NOT NULL
