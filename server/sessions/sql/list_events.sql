-- $1 session_id. No event is older than its session, so that only the partitions since then are read. An event's number
-- makes its id.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (haven_id_of_number(id), created_at, event_json(session_events), user_id)::haven_item
    FROM session_events
    WHERE session_id = $1::uuid
      AND created_at >= (SELECT sessions.created_at FROM sessions WHERE sessions.id = $1::uuid)
      AND created_at >= $2::timestamptz AND created_at <= $4::timestamptz
      AND (created_at, id) > ($2, haven_number_of_id($3::uuid)) AND (created_at, id) < ($4, haven_number_of_id($5::uuid))
      AND haven_wanted($7, 'event_type', event_type)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
