-- $1 user_id or NULL, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 {"query":
-- {"escalation_status"}}. Those the asking person, or clinician, may see; the newest first.
WITH page AS (
    SELECT id, created_at AS page_time, user_id, crisis_item(crisis_logs) AS item
    FROM crisis_logs
    WHERE ($1::uuid IS NULL OR user_id = $1)
      AND ($5::jsonb #>> '{query,escalation_status}' IS NULL
           OR escalation_status = $5::jsonb #>> '{query,escalation_status}')
      AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT $4::integer + 1
), numbered AS (
    SELECT page.*, row_number() OVER (ORDER BY page_time DESC, id DESC) AS place FROM page
)
SELECT id, page_time, item, CASE WHEN place <= $4::integer THEN haven_saw(user_id) END AS seen FROM numbered ORDER BY place
