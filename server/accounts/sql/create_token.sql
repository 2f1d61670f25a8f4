-- $1 token_hash, $2 user_id, $3 lifetime in seconds, $4 a new password_hash where the parameters have changed, or NULL, $5
-- the one the password was proved against. No id: the account was closed, or its password changed, meanwhile.
WITH account AS (
    UPDATE users SET last_login_at = now(), password_hash = coalesce($4, password_hash)
    WHERE id = $2 AND status = 'active' AND password_hash = $5
    RETURNING id
), token AS (
    INSERT INTO access_tokens (token_hash, user_id, expires_at)
    SELECT $1, id, now() + make_interval(secs => $3::double precision) FROM account
)
SELECT id, set_config('haven.status', CASE WHEN id IS NULL THEN '401' ELSE '201' END, true)
FROM (VALUES (1)) AS one LEFT JOIN account ON true
