-- $1 token_hash, $2 clinician_id, $3 lifetime in seconds, $4 a new password_hash where the parameters have changed, or
-- NULL. No row: the clinician was deactivated meanwhile.
WITH account AS (
    UPDATE clinicians SET last_login_at = now(), password_hash = coalesce($4, password_hash)
    WHERE id = $2 AND status = 'active'
    RETURNING id, role, full_name
), token AS (
    INSERT INTO access_tokens (token_hash, clinician_id, expires_at)
    SELECT $1, id, now() + make_interval(secs => $3::double precision) FROM account
)
SELECT role, set_config('haven.status', '201', true) FROM account
