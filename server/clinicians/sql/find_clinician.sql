-- $1 email in its one form, $2 as an older row may hold it. Clinicians who may not log in are not found, like
-- addresses that nobody has.
SELECT id, password_hash FROM clinicians WHERE email IN ($1, $2) AND status = 'active' AND password_hash IS NOT NULL
ORDER BY email <> $1 LIMIT 1
