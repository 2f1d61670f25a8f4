-- $1 session_id.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, created_at, agent_output_item(agent_outputs), user_id)::haven_item
    FROM agent_outputs
    WHERE session_id = $1::uuid
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'status', status)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
