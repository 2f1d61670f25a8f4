-- $1 check_value of the new master key, $2 id, $3 the same wrapped under it. As it is now.
UPDATE webhooks SET sealed_secret = $3, master_key = $1 WHERE secret_id = $2 RETURNING sealed_secret AS wrapped
