-- $1 email in its one form, $2 as an older row may hold it; NULL: everybody's. $3 seconds since 1970: newer keys stay. Some people's
-- keys seal nothing more; each is kept for what it sealed. How many.
WITH retired AS (
    UPDATE encryption_keys SET retired_at = now()
    WHERE id IN (SELECT id FROM encryption_keys
                 WHERE retired_at IS NULL AND created_at <= to_timestamp($3::double precision) AND created_at <= now()
                   AND ($1::text IS NULL OR user_id IN (SELECT id FROM users WHERE email IN ($1, $2)))
                 ORDER BY id LIMIT 500)
    RETURNING user_id
), audit AS (
    INSERT INTO audit_logs (user_id, action, resource_type, resource_id)
    SELECT user_id, 'person_key_exchange', 'users', user_id FROM retired
)
SELECT count(*) AS retired, EXISTS (SELECT FROM users WHERE $1 IS NULL OR email IN ($1, $2)) AS known FROM retired
