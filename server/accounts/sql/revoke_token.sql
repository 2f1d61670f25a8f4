-- $1 token_hash.
UPDATE access_tokens SET revoked_at = now() WHERE token_hash = $1 AND revoked_at IS NULL
RETURNING set_config('haven.status', '204', true)
