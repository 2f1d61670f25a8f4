-- $1 email in its one form, $2 as an older row may hold it, $3 user or clinician. Accounts that may not log in are not
-- found, like addresses that have none; one that `waits` for its address to be confirmed is.
SELECT id, password_hash, waits FROM (
    SELECT id, email, password_hash, false AS waits, created_at FROM users
    WHERE $3 = 'user' AND email IN ($1, $2) AND status = 'active'
    UNION ALL
    SELECT id, email, password_hash, false, created_at FROM clinicians
    WHERE $3 = 'clinician' AND email IN ($1, $2) AND status = 'active' AND password_hash IS NOT NULL
    UNION ALL
    SELECT id, email, password_hash, true, created_at FROM registrations WHERE $3 = 'user' AND email = $1) AS known
ORDER BY waits, email <> $1, created_at DESC LIMIT 1
