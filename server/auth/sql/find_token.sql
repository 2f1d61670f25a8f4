-- $1 token_hash, $2 whether it came in a cookie: each token is good where it was meant to be kept. Whose it is and what it may do; nothing if it is no longer good, or its bearer is not.
SELECT CASE WHEN family.user_id IS NOT NULL THEN 'user' WHEN family.clinician_id IS NOT NULL THEN 'clinician'
            ELSE 'service' END AS actor,
       coalesce(family.user_id, family.clinician_id, family.service_id) AS actor_id,
       coalesce(clinicians.role, '') AS role, family.id AS family, array_to_string(family.scopes, ' ') AS scopes,
       array_to_string(family.factors, ' ') AS factors,
       -- By the password alone where a second factor is confirmed: it was never shown who they are.
       CASE WHEN family.came_by = 'password' AND NOT family.factors && '{totp,recovery}'
                 AND EXISTS (SELECT FROM second_factors AS factor WHERE factor.confirmed_at IS NOT NULL
                             AND (factor.user_id = family.user_id OR factor.clinician_id = family.clinician_id))
            THEN 1000000000
            ELSE least(greatest(extract(epoch FROM now() - family.authenticated_at), 0), 1e9)::bigint
       END AS authenticated_seconds_ago,
       family.last_used_at < now() - interval '1 minute' AS used_long_ago
FROM access_tokens
JOIN token_families AS family ON family.id = access_tokens.family_id
LEFT JOIN users ON users.id = family.user_id
LEFT JOIN clinicians ON clinicians.id = family.clinician_id
LEFT JOIN services ON services.id = family.service_id
WHERE access_tokens.token_hash = $1 AND access_tokens.revoked_at IS NULL AND access_tokens.expires_at > now()
  AND family.in_cookie = $2 AND family.revoked_at IS NULL AND family.idle_expires_at > now()
  AND coalesce(users.status, clinicians.status, services.status) = 'active'
