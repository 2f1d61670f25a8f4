-- The factor of who asks that waits to be confirmed, and which 30 s it is now.
SELECT id, sealed_secret, floor(extract(epoch FROM now()) / 30)::bigint AS step FROM second_factors
WHERE haven_actor_id() IN (user_id, clinician_id) AND confirmed_at IS NULL
