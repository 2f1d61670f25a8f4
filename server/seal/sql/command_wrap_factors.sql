-- $1 check_value of the new master key, $2 id, $3 the same wrapped under it. As it is now.
UPDATE second_factors SET sealed_secret = $3, master_key = $1 WHERE id = $2 RETURNING sealed_secret AS wrapped
