-- $1 agent_output_id.
SELECT * FROM haven_listed(agent_output_seen($1), ARRAY(
    SELECT (id, created_at, agent_call_item(mcp_tool_calls), NULL)::haven_item
    FROM mcp_tool_calls
    WHERE agent_output_id = $1::uuid
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'status', status)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
