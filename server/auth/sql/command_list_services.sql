SELECT name, status, array_to_string(scopes, ' ') AS scopes,
       coalesce(haven_service_item(services) ->> 'expires_at', '-') AS expires_at
FROM services ORDER BY name
