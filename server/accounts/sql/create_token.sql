-- $1 token_hash, $2 user_id, $3 lifetime in seconds, $4 a new password_hash where the parameters have changed, or NULL.
-- No row: the account was closed meanwhile.
WITH account AS (
    UPDATE users SET last_login_at = now(), password_hash = coalesce($4, password_hash)
    WHERE id = $2 AND status = 'active'
    RETURNING id
)
INSERT INTO access_tokens (token_hash, user_id, expires_at)
SELECT $1, id, now() + make_interval(secs => $3::double precision) FROM account
RETURNING set_config('haven.status', '201', true)
