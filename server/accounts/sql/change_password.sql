-- $1 the new password_hash, $2 the one the old password was proved against, $3 the token that goes on: all others end. No
-- row: the password was changed meanwhile.
WITH changed AS (
    UPDATE users SET password_hash = $1, updated_at = now()
    WHERE id = haven_actor_id() AND password_hash = $2
    RETURNING id
), revoked AS (
    UPDATE access_tokens SET revoked_at = now()
    FROM changed
    WHERE user_id = changed.id AND token_hash <> $3 AND revoked_at IS NULL
)
SELECT set_config('haven.status', '204', true) FROM changed
