-- $1 email in lower case. Accounts that may not log in are not found, like addresses that have none.
SELECT id, password_hash FROM users WHERE email = $1 AND status = 'active'
