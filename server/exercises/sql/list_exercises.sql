-- $1 session_id, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many. In the order they were done,
-- of whomever who asks may see; one row more than asked for, if there is one.
SELECT id, session_id, technique, technique_config, started_at, started_at AS page_time, opening_prompt,
       to_jsonb(guideposts) AS guideposts, grounding_close, status, completed_at, duration_minutes, word_count,
       created_at, clock_corrected
FROM exercises
WHERE session_id = $1 AND ($2::timestamptz IS NULL OR (started_at, id) > ($2, $3::uuid))
ORDER BY started_at, id
LIMIT $4::integer + 1
