-- $1 id, $2 user_id. A row if what is listed below it may be seen.
SELECT set_config('haven.status', '200', true) FROM exercises WHERE id = $1 AND user_id = $2
