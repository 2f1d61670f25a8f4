-- $1 email in its one form, $2 email as an older row may hold it. By the person who runs the server. No row: nobody has the
-- address.
WITH ended AS (
    SELECT id, haven_reset_factors(id, 'factor_ended') FROM clinicians WHERE email IN ($1, $2)
), audit AS (
    INSERT INTO audit_logs (action, resource_type, resource_id)
    SELECT 'clinician_factors_end', 'clinicians', id FROM ended
)
SELECT id FROM ended
