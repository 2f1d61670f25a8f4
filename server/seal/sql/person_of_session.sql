-- $1 session_id. Whose session it is, where who asks may see it.
SELECT user_id FROM sessions WHERE id = $1
