-- $1 session_id. In the order they were written.
SELECT id, created_at AS page_time, intent_json(session_intents) AS item
FROM session_intents
WHERE session_id = $1::uuid AND $5::jsonb IS NOT NULL
  AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3::uuid))
ORDER BY created_at, id
LIMIT $4::integer + 1
