-- $1 id. A row if what is listed below it may be seen by who asks.
SELECT set_config('haven.status', '200', true) FROM sessions WHERE id = $1
