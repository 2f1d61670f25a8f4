-- $1 user_id, $2 clinician_id, $3 service_id: who asks; $4 action, $5 resource_type, $6 resource_id, $7 ip_address,
-- $8 user_agent, $9 method, $10 path template, $11 is_phi_access, $12 phi_access_reason, $13 request_id.
-- The last statement of a request's transaction. What came before it said how the request will be answered in
-- haven.status, nothing said means that nothing was found; and whose data it was, when not the asking user's own: a row for
-- each of them (haven_subject, haven_saw).
INSERT INTO audit_logs (user_id, clinician_id, service_id, action, resource_type, resource_id, ip_address, user_agent,
                        request_method, request_path, response_status, is_phi_access,
                        phi_access_reason, request_id)
SELECT person, $2::uuid, $3::uuid, $4, nullif($5, ''), $6::uuid, $7::inet, nullif($8, ''), $9, $10,
       coalesce(nullif(current_setting('haven.status', true), ''), '404')::integer, $11::boolean, nullif($12, ''), $13
FROM haven_subjects($1::uuid) AS person
