-- $1 email in its one form, $2 as an older row may hold it, $3 user or clinician. Accounts that may not log in are not
-- found, like addresses that have none; one that `waits` for its address to be confirmed is. With the second factor, where
-- one is confirmed, and which 30 s it is now.
SELECT known.id, password_hash, waits, factor.id AS factor_id, sealed_secret,
       floor(extract(epoch FROM now()) / 30)::bigint AS step
FROM (
    SELECT id, password_hash, waits FROM (
        SELECT id, email, password_hash, false AS waits, created_at FROM users
        WHERE $3 = 'user' AND email IN ($1, $2) AND status = 'active'
        UNION ALL
        SELECT id, email, password_hash, false, created_at FROM clinicians
        WHERE $3 = 'clinician' AND email IN ($1, $2) AND status = 'active' AND password_hash IS NOT NULL
        UNION ALL
        SELECT id, email, password_hash, true, created_at FROM registrations WHERE $3 = 'user' AND email = $1) AS each
    ORDER BY waits, email <> $1, created_at DESC LIMIT 1) AS known
LEFT JOIN second_factors AS factor
    ON (factor.user_id = known.id OR factor.clinician_id = known.id) AND confirmed_at IS NOT NULL
