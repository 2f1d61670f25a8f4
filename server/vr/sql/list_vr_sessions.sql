-- $1 parent_session_id.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, started_at, vr_session_json(vr_sessions), user_id)::haven_item
    FROM vr_sessions
    WHERE parent_session_id = $1::uuid AND $7::jsonb IS NOT NULL
      AND (started_at, id) > ($2::timestamptz, $3::uuid) AND (started_at, id) < ($4::timestamptz, $5::uuid)
    ORDER BY started_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
