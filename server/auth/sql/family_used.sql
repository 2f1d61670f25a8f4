-- $1 family. Not more often than once a minute, and nobody waits for it.
UPDATE token_families SET last_used_at = now()
WHERE id = (SELECT id FROM token_families WHERE id = $1 AND last_used_at < now() - interval '1 minute'
            FOR NO KEY UPDATE SKIP LOCKED)
