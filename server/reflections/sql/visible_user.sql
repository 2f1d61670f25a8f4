-- $1 user_id. A row if who asks may see what is listed below the person.
SELECT set_config('haven.status', '200', true), haven_subject(id) FROM users WHERE id = $1::uuid
