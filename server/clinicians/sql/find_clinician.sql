-- $1 email in lower case. Clinicians who may not log in are not found, like addresses that nobody has.
SELECT id, password_hash FROM clinicians WHERE email = $1 AND status = 'active' AND password_hash IS NOT NULL
