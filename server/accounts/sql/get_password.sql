-- Of the person who asks: what a new password is held against.
SELECT email, password_hash FROM users WHERE id = haven_actor_id()
