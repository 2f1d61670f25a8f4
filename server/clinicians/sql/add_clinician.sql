-- $1 email in its one form, $2 full_name, $3 role, $4 password_hash, $5 email as an older row may hold it, $6 in which
-- language letters to them are. By the person who runs the server. No row: the address has a clinician already.
WITH added AS (
    INSERT INTO clinicians (email, full_name, role, password_hash, preferred_language)
    SELECT $1, $2, $3, $4, $6 WHERE NOT EXISTS (SELECT FROM clinicians WHERE email = $5)
    ON CONFLICT (email) DO NOTHING
    RETURNING id
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id)
    SELECT 'clinician_add', 'clinicians', id FROM added
)
SELECT id FROM added
