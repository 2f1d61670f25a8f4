-- Of the person or clinician who asks: what a new password is held against.
SELECT email, full_name, password_hash FROM users WHERE haven_actor() = 'user' AND id = haven_actor_id()
UNION ALL
SELECT email, full_name, password_hash FROM clinicians
WHERE haven_actor() = 'clinician' AND id = haven_actor_id() AND password_hash IS NOT NULL
