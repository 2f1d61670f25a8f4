-- What a person's lists are read by, as a year of data has shown (docs/benchmarks.md).
CREATE INDEX idx_sessions_user_newest ON sessions(user_id, started_at DESC, id DESC);
CREATE INDEX idx_reflections_user_newest ON reflections(user_id, created_at DESC, id DESC);
CREATE INDEX idx_agent_outputs_costs ON agent_outputs(created_at)
    INCLUDE (user_id, llm_model, input_tokens, output_tokens, cost_estimate_usd);
