-- $1 user_id, or NULL for the person who asks. The sessions with what stands under them.
SELECT * FROM haven_listed(account_seen($1), session_pages(ARRAY(
    SELECT id FROM sessions
    WHERE user_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END
      AND (started_at, id) > ($2::timestamptz, $3::uuid) AND (started_at, id) < ($4::timestamptz, $5::uuid)
    ORDER BY started_at DESC, id DESC
    LIMIT $6::integer + 1), 10, $7), $6, $8)
