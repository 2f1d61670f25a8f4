-- $1 email in its one form, $2 password_hash, $3 email as an older row may hold it. By the person who runs the server.
-- Their second factor ends too. No row: nobody has the address.
WITH changed AS (
    SELECT id FROM clinicians WHERE email IN ($1, $3) AND haven_change_password(id, $2, NULL, NULL)
), factors AS (
    DELETE FROM second_factors WHERE clinician_id IN (SELECT id FROM changed)
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id)
    SELECT 'clinician_password_reset', 'clinicians', id FROM changed
)
SELECT id FROM changed
