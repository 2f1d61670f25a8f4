-- $1 user_id, $2 action, $3 resource_type, $4 resource_id, $5 ip_address, $6 user_agent, $7 method, $8 path template,
-- $9 is_phi_access, $10 phi_access_reason.
-- The last statement of a request's transaction. What came before it said how the request will be answered in
-- haven.status; nothing said means that nothing was found.
INSERT INTO audit_logs (user_id, action, resource_type, resource_id, ip_address, user_agent,
                        request_method, request_path, response_status, is_phi_access,
                        phi_access_reason)
VALUES ($1::uuid, $2, nullif($3, ''), $4::uuid, $5::inet, nullif($6, ''), $7, $8,
        coalesce(nullif(current_setting('haven.status', true), ''), '404')::integer, $9::boolean,
        nullif($10, ''))
