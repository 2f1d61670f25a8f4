-- $1 user_id or NULL, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 {"query":
-- {"escalation_status"}}. Those the asking person, or clinician, may see; the newest first.
SELECT id, created_at AS page_time, crisis_item(crisis_logs) AS item
FROM crisis_logs
WHERE ($1::uuid IS NULL OR user_id = $1)
  AND escalation_status = coalesce($5::jsonb #>> '{query,escalation_status}', escalation_status)
  AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $4::integer + 1
