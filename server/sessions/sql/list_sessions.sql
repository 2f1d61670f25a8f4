-- $1 user_id, or NULL for the person who asks.
SELECT * FROM haven_listed(account_seen($1), ARRAY(
    SELECT (id, started_at, session_json(sessions), user_id)::haven_item
    FROM sessions
    WHERE user_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END
      AND (started_at, id) > ($2::timestamptz, $3::uuid) AND (started_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'status', status)
    ORDER BY started_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
