-- $1 nothing, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 {"query": {category, status,
-- family}}. The newest first. An id is text: its digest stands for it in the cursor.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (md5(id)::uuid, created_at, prompt_item(prompt_registry), NULL)::haven_item
    FROM prompt_registry
    WHERE $1::uuid IS NULL
      AND category IS NOT DISTINCT FROM coalesce($5::jsonb #>> '{query,category}', category)
      AND status = coalesce($5 #>> '{query,status}', status)
      AND family = coalesce($5 #>> '{query,family}', family)
      AND ($2::timestamptz IS NULL OR (created_at, md5(id)::uuid) < ($2, $3::uuid))
    ORDER BY created_at DESC, md5(id)::uuid DESC
    LIMIT $4::integer + 1), $4, $6)
