-- What agents did and what it cost, the prompts they speak from, the voices kept, and the record of
-- accesses as those read it whom it concerns.

-- A run names the prompt it used. What was sent is kept as a digest, so that the same again is told
-- from something else.
ALTER TABLE agent_outputs
    ADD COLUMN prompt_id VARCHAR(100) REFERENCES prompt_registry(id),
    ADD COLUMN digest BYTEA CHECK (octet_length(digest) = 32),
    ADD CONSTRAINT agent_outputs_sequence_number_check CHECK (sequence_number >= 0),
    ADD CONSTRAINT agent_outputs_tokens_check CHECK (input_tokens >= 0 AND output_tokens >= 0),
    ADD CONSTRAINT agent_outputs_duration_check
        CHECK (llm_duration_seconds >= 0 AND total_duration_seconds >= 0),
    ADD CONSTRAINT agent_outputs_cost_estimate_usd_check CHECK (cost_estimate_usd >= 0);
CREATE INDEX idx_agent_outputs_prompt_id ON agent_outputs (prompt_id) WHERE prompt_id IS NOT NULL;
ALTER TABLE mcp_tool_calls
    ADD COLUMN digest BYTEA CHECK (octet_length(digest) = 32),
    ADD CONSTRAINT mcp_tool_calls_execution_time_ms_check CHECK (execution_time_ms >= 0),
    ADD CONSTRAINT mcp_tool_calls_status_check CHECK (status IN ('success', 'failed', 'retry'));

-- A family is what the versions of one prompt share: TJ-EX-UNSENT-LETTER of TJ-EX-UNSENT-LETTER-v1.
-- One version of a family is active at most. Where there were more, the newest stays.
ALTER TABLE prompt_registry
    ADD COLUMN family VARCHAR(100) NOT NULL
        GENERATED ALWAYS AS (regexp_replace(id, '-v[0-9]+$', '')) STORED;
UPDATE prompt_registry SET status = 'deprecated'
WHERE status = 'active'
  AND EXISTS (SELECT FROM prompt_registry AS newer
              WHERE newer.family = prompt_registry.family AND newer.status = 'active'
                AND (coalesce(newer.version, 0), newer.id)
                    > (coalesce(prompt_registry.version, 0), prompt_registry.id));
CREATE UNIQUE INDEX idx_prompt_registry_active ON prompt_registry (family) WHERE status = 'active';

-- A preview of a text only where the text is known not to be personal. Of rows from before that is
-- not known: NULL.
ALTER TABLE tts_cache
    ADD COLUMN is_personal BOOLEAN,
    ADD COLUMN content_sha256 BYTEA CHECK (octet_length(content_sha256) = 32),
    ADD CONSTRAINT tts_cache_preview_check CHECK (text_preview IS NULL OR is_personal IS NOT TRUE),
    ADD CONSTRAINT tts_cache_file_size_bytes_check CHECK (file_size_bytes >= 0),
    ADD CONSTRAINT tts_cache_audio_duration_seconds_check CHECK (audio_duration_seconds >= 0);
CREATE TRIGGER tts_cache_objects AFTER DELETE ON tts_cache
    FOR EACH ROW EXECUTE FUNCTION haven_condemn_objects('minio_object_key');

-- What was changed, where an operation says so (haven_changed), and what kind of actor it was, which
-- remains when the account is gone.
CREATE FUNCTION haven_changes() RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('haven.changes', true), '')::jsonb $$;
ALTER TABLE audit_logs ADD COLUMN actor VARCHAR(20);
ALTER TABLE audit_logs
    ALTER COLUMN actor SET DEFAULT haven_actor(),
    ALTER COLUMN changes_made SET DEFAULT haven_changes();
-- A person's accesses, the newest first.
CREATE INDEX idx_audit_logs_user_newest ON audit_logs (user_id, "timestamp" DESC, id DESC);
