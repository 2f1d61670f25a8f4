-- $1 parent_session_id. In the order they were begun.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, started_at, vr_session_json(vr_sessions), user_id)::haven_item
    FROM vr_sessions
    WHERE parent_session_id = $1::uuid AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (started_at, id) > ($2, $3::uuid))
    ORDER BY started_at, id
    LIMIT $4::integer + 1), $4, $6)
