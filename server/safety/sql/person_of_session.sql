-- $1 session_id. Whose it is, if who asks may see it.
SELECT user_id FROM sessions WHERE id = $1
