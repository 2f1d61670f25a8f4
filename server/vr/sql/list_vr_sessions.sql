-- $1 parent_session_id. In the order they were begun.
SELECT id, started_at AS page_time, vr_session_json(vr_sessions) AS item
FROM vr_sessions
WHERE parent_session_id = $1::uuid AND $5::jsonb IS NOT NULL
  AND ($2::timestamptz IS NULL OR (started_at, id) > ($2, $3::uuid))
ORDER BY started_at, id
LIMIT $4::integer + 1
