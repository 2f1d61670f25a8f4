-- $1 session_id. In the order they came; ?event_type= takes one kind. No event is older than its session, so that only
-- the partitions since then are read. An event's number makes its id.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (lpad(to_hex(id), 32, '0')::uuid, created_at, event_json(session_events), user_id)::haven_item
    FROM session_events
    WHERE session_id = $1::uuid
      AND created_at >= (SELECT sessions.created_at FROM sessions WHERE sessions.id = $1::uuid)
      AND ($5::jsonb #> '{query,event_type}' IS NULL OR event_type = $5::jsonb #>> '{query,event_type}')
      AND ($2::timestamptz IS NULL
           OR (created_at, session_events.id)
              > ($2, ('x' || right(replace($3::uuid::text, '-', ''), 16))::bit(64)::bigint))
    ORDER BY created_at, session_events.id
    LIMIT $4::integer + 1), $4, $6)
