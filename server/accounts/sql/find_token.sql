-- $1 token_hash.
SELECT access_tokens.user_id
FROM access_tokens JOIN users ON users.id = access_tokens.user_id
WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > now() AND users.status = 'active'
