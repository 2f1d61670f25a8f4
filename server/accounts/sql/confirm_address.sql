-- $1 email in its one form. By the person who runs the server. No row: nobody has asked for an account with it, or it has one.
WITH confirmed AS MATERIALIZED (
    SELECT registration_confirm_address($1) AS id
), audit AS (
    INSERT INTO audit_logs (user_id, action, resource_type, resource_id)
    SELECT id, 'email_verification', 'users', id FROM confirmed WHERE id IS NOT NULL
)
SELECT id FROM confirmed WHERE id IS NOT NULL
