-- $1 token_hash. Whose it is; nothing if it is no longer good, or its bearer is not.
SELECT CASE WHEN access_tokens.user_id IS NOT NULL THEN 'user' WHEN access_tokens.clinician_id IS NOT NULL THEN 'clinician'
            ELSE 'service' END AS actor,
       coalesce(access_tokens.user_id, access_tokens.clinician_id, access_tokens.service_id) AS actor_id,
       coalesce(clinicians.role, '') AS role
FROM access_tokens
LEFT JOIN users ON users.id = access_tokens.user_id
LEFT JOIN clinicians ON clinicians.id = access_tokens.clinician_id
LEFT JOIN services ON services.id = access_tokens.service_id
WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > now()
  AND coalesce(users.status, clinicians.status, services.status) = 'active'
