-- $1 check_value of the new master key, $2 id, $3 the same wrapped under it. As it is now.
UPDATE webhooks SET older_sealed_secret = $3, older_master_key = $1 WHERE older_secret_id = $2 RETURNING older_sealed_secret AS wrapped
