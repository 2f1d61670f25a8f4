-- $1 agent_output_id, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many. In the order they were
-- written.
SELECT * FROM haven_listed(agent_output_seen($1), ARRAY(
    SELECT (id, created_at, agent_call_item(mcp_tool_calls), NULL)::haven_item
    FROM mcp_tool_calls
    WHERE agent_output_id = $1::uuid AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3::uuid))
    ORDER BY created_at, id
    LIMIT $4::integer + 1), $4, $6)
