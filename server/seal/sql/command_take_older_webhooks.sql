-- $1 check_value of the new master key. Some of what is wrapped under another.
SELECT older_secret_id AS id, id AS bound_to, older_sealed_secret AS wrapped FROM webhooks
WHERE older_master_key IS DISTINCT FROM $1 AND older_sealed_secret IS NOT NULL
ORDER BY webhooks.id LIMIT 500 FOR NO KEY UPDATE
