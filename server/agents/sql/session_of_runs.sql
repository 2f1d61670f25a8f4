-- $1 session_id. A row if the runs below it may be seen by who asks; and whose they are, for the audit row.
SELECT set_config('haven.status', '200', true), haven_subject(user_id) FROM sessions WHERE id = $1
