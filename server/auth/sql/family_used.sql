-- $1 family. Not more often than once a minute, and nobody waits for it. A log-in in a cookie, which is not refreshed, lives
-- by that.
UPDATE token_families
SET last_used_at = now(),
    idle_expires_at = CASE WHEN in_cookie THEN least(now() + idle_lifetime, expires_at) ELSE idle_expires_at END
WHERE id = (SELECT id FROM token_families WHERE id = $1 AND last_used_at < now() - interval '1 minute'
            FOR NO KEY UPDATE SKIP LOCKED)
