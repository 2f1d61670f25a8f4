-- Address and hash of the clinician who asks.
SELECT id, email, password_hash FROM clinicians WHERE id = haven_actor_id() AND password_hash IS NOT NULL
