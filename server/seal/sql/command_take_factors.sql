-- $1 check_value of the new master key. Some of what is wrapped under another.
SELECT id AS id, coalesce(user_id, clinician_id) AS bound_to, sealed_secret AS wrapped FROM second_factors
WHERE master_key IS DISTINCT FROM $1
ORDER BY second_factors.id LIMIT 500 FOR NO KEY UPDATE
