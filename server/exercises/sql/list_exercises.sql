-- $1 session_id, $2 user_id, $3 and $4 the page_time and id of the last row seen, or NULL, $5 how many. In the order they
-- were done; one row more than asked for, if there is one.
SELECT id, session_id, technique, technique_config, started_at, started_at AS page_time, status, completed_at,
       duration_minutes
FROM exercises
WHERE session_id = $1 AND user_id = $2 AND ($3::timestamptz IS NULL OR (started_at, id) > ($3, $4::uuid))
ORDER BY started_at, id
LIMIT $5::integer + 1
