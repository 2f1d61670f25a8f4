-- $1 user_id, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many. The newest first; one row more
-- than asked for, if there is one.
SELECT id, modality, environment_id, started_at, started_at AS page_time, status, session_number, completed_at,
       duration_minutes
FROM sessions
WHERE user_id = $1 AND ($2::timestamptz IS NULL OR (started_at, id) < ($2, $3::uuid))
ORDER BY started_at DESC, id DESC
LIMIT $4::integer + 1
