-- $1 id. A row if what is listed below it may be seen.
SELECT set_config('haven.status', '200', true) FROM clinicians WHERE id = $1
