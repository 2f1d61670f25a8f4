-- $1 check_value of the new master key. Some of what is wrapped under another.
SELECT secret_id AS id, id AS bound_to, sealed_secret AS wrapped FROM webhooks
WHERE master_key IS DISTINCT FROM $1
ORDER BY webhooks.id LIMIT 500 FOR NO KEY UPDATE
