-- What is written twice is known by its receipt, whatever it is: runs of agents, the calls of their tools, voices and reviews
-- had digests of their own.

-- What services tell is known to all of them: it belongs to the session, or to the clinic.
SELECT haven_protect_by('write_receipts', $$
    actor_id = (SELECT haven_actor_id()) OR coalesce((SELECT haven_actor()) = 'job', false)
    OR (coalesce((SELECT haven_actor()) = 'service', false)
        AND resource_type IN ('agent_output', 'mcp_tool_call', 'voice')) $$);

-- A voice's id follows from what it is found by (haven_id_of_name). Of what has no digest nothing is the same.
UPDATE tts_cache SET id = encode(substring(sha256(convert_to('voice ' || text_hash, 'UTF8')) FOR 16), 'hex')::uuid;
INSERT INTO write_receipts (resource_type, resource_id, actor_id, digest)
SELECT kind, id, coalesce(actor, '00000000-0000-0000-0000-000000000000'), coalesce(digest, decode(repeat('00', 32), 'hex'))
FROM (SELECT 'agent_output', id, NULL::uuid, digest FROM agent_outputs
      UNION ALL SELECT 'mcp_tool_call', id, NULL, digest FROM mcp_tool_calls
      UNION ALL
      SELECT 'voice', id, NULL, sha256(convert_to(jsonb_build_object(
                 'voice_id', voice_id, 'content_sha256', encode(content_sha256, 'hex'))::text, 'UTF8'))
      FROM tts_cache
      UNION ALL
      SELECT 'hitl_review',
             encode(substring(sha256(convert_to('hitl_review ' || escalation_id || ' ' || clinician_id, 'UTF8')) FOR 16), 'hex')::uuid,
             clinician_id, CASE WHEN digest ~ '^[0-9a-f]{64}$' THEN decode(digest, 'hex') END
      FROM hitl_reviews) AS known (kind, id, actor, digest);

ALTER TABLE agent_outputs DROP COLUMN digest;
ALTER TABLE mcp_tool_calls DROP COLUMN digest;
ALTER TABLE tts_cache DROP COLUMN content_sha256;
ALTER TABLE hitl_reviews DROP COLUMN digest;

-- Their results are others now, or nobody asks them any more.
DROP FUNCTION IF EXISTS agent_rows_of(jsonb), agent_calls_of(jsonb), agent_call_that_differs(jsonb),
    agent_calls_store(uuid, jsonb), agent_runs_refusal(uuid, uuid, jsonb);

-- An older program looks for the digests, and does not open what is sealed to its version.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 39;
