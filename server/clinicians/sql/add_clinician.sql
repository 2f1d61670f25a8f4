-- $1 email in lower case, $2 full_name, $3 role, $4 password_hash. By the person who runs the server. No row: the address
-- has a clinician already.
WITH added AS (
    INSERT INTO clinicians (email, full_name, role, password_hash) VALUES ($1, $2, $3, $4)
    ON CONFLICT (email) DO NOTHING
    RETURNING id
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id)
    SELECT 'clinician_add', 'clinicians', id FROM added
)
SELECT id FROM added
