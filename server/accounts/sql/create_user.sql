-- $1 email in its one form, $2 password_hash, $3 full_name, $4 preferred_language, $5 ip_address, $6 user_agent,
-- $7 whether the motion trace may be kept, $8 the same email as an older row may hold it, $9 request_id. No row: the
-- address has an account already.
WITH created AS (
    INSERT INTO users (email, password_hash, full_name, preferred_language, consent_data_processing)
    SELECT $1, $2, $3, $4, true WHERE NOT EXISTS (SELECT FROM users WHERE email = $8)
    ON CONFLICT DO NOTHING
    RETURNING id
), consents AS (
    INSERT INTO consent_records (user_id, consent_type, consent_version, consent_given, ip_address, user_agent)
    SELECT created.id, asked.consent_type, 'v1.0', asked.given, $5::inet, nullif($6, '')
    FROM created, (VALUES ('data_processing', true), ('motion_trace', $7::boolean)) AS asked (consent_type, given)
), audit AS (
    INSERT INTO audit_logs (user_id, action, resource_type, resource_id, ip_address, user_agent, request_method,
                            request_path, response_status, request_id)
    SELECT id, 'register', 'users', id, $5::inet, nullif($6, ''), 'POST', '/v1/users', 201, $9 FROM created
)
SELECT id FROM created
