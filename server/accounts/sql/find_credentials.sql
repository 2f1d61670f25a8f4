-- $1 email in its one form, $2 as an older row may hold it. Accounts that may not log in are not found, like
-- addresses that have none.
SELECT id, password_hash FROM users WHERE email IN ($1, $2) AND status = 'active' ORDER BY email <> $1 LIMIT 1
