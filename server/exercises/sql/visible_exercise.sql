-- $1 id. A row if what is listed below it may be seen by who asks.
SELECT set_config('haven.status', '200', true), haven_subject(user_id) FROM exercises WHERE id = $1
