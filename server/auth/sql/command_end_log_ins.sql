-- $1 email in its one form, $2 as an older row may hold it; NULL: everybody's. By the person who runs the server. Whether anybody
-- has the address, and how many log-ins have ended.
WITH meant AS (
    SELECT id FROM users WHERE $1::text IS NULL OR email IN ($1, $2)
    UNION ALL
    SELECT id FROM clinicians WHERE $1 IS NULL OR email IN ($1, $2)
), ended AS (
    UPDATE token_families SET revoked_at = now(), revoked_why = 'ended'
    WHERE revoked_at IS NULL AND coalesce(user_id, clinician_id) IN (SELECT id FROM meant)
    RETURNING user_id, clinician_id
), audit AS (
    INSERT INTO audit_logs (user_id, action, resource_type, resource_id)
    SELECT DISTINCT user_id, 'log_ins_end', CASE WHEN user_id IS NULL THEN 'clinicians' ELSE 'users' END,
           coalesce(user_id, clinician_id)
    FROM ended
)
SELECT EXISTS (SELECT FROM meant) AS known, count(*) AS ended FROM ended
