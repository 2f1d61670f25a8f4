-- $1 hashes of tokens in hexadecimal, with spaces. Those that are good at this moment, each with who its bearer is.
SELECT encode(token_hash, 'hex') AS token_hash, coalesce(clinicians.role, '') AS role
FROM access_tokens
JOIN token_families AS family ON family.id = access_tokens.family_id
LEFT JOIN users ON users.id = family.user_id
LEFT JOIN clinicians ON clinicians.id = family.clinician_id
LEFT JOIN services ON services.id = family.service_id
WHERE token_hash IN (SELECT decode(given, 'hex') FROM string_to_table($1, ' ') AS given)
  AND access_tokens.revoked_at IS NULL AND access_tokens.expires_at > now()
  AND family.revoked_at IS NULL AND family.idle_expires_at > now()
  AND coalesce(users.status, clinicians.status, services.status) = 'active'
