-- $1 email in its one form, $2 as an older row may hold it, $3 user or clinician. Accounts that may not log in are not
-- found, like addresses that have none.
SELECT id, password_hash FROM (
    SELECT id, email, password_hash FROM users
    WHERE $3 = 'user' AND email IN ($1, $2) AND status = 'active'
    UNION ALL
    SELECT id, email, password_hash FROM clinicians
    WHERE $3 = 'clinician' AND email IN ($1, $2) AND status = 'active' AND password_hash IS NOT NULL) AS known
ORDER BY email <> $1 LIMIT 1
