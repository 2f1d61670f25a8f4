-- $1 NULL. An id is text: its digest stands for it in the cursor.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (md5(id)::uuid, created_at, prompt_item(prompt_registry), NULL)::haven_item
    FROM prompt_registry
    WHERE $1::uuid IS NULL
      AND category IS NOT DISTINCT FROM coalesce($7::jsonb #>> '{query,category}', category)
      AND family = coalesce($7 #>> '{query,family}', family)
      AND (created_at, md5(id)::uuid) > ($2::timestamptz, $3::uuid) AND (created_at, md5(id)::uuid) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'status', status)
    ORDER BY created_at DESC, md5(id)::uuid DESC
    LIMIT $6::integer + 1), $6, $8)
