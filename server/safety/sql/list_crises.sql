-- $1 user_id or NULL, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 {"query":
-- {"escalation_status"}}. Those the asking person, or clinician, may see; the newest first.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, created_at, crisis_item(crisis_logs), user_id)::haven_item
    FROM crisis_logs
    WHERE ($1::uuid IS NULL OR user_id = $1)
      AND ($5::jsonb #>> '{query,escalation_status}' IS NULL
           OR escalation_status = $5::jsonb #>> '{query,escalation_status}')
      AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT $4::integer + 1), $4, $6)
