-- $1 user_id, or NULL for the person who asks; $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many.
-- The newest first; ?status= takes those of one state.
SELECT * FROM haven_listed(account_seen($1), ARRAY(
    SELECT (id, started_at, session_json(sessions), user_id)::haven_item
    FROM sessions
    WHERE user_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END
      AND ($5::jsonb #> '{query,status}' IS NULL OR status = $5::jsonb #>> '{query,status}')
      AND ($2::timestamptz IS NULL OR (started_at, id) < ($2, $3::uuid))
    ORDER BY started_at DESC, id DESC
    LIMIT $4::integer + 1), $4, $6)
