-- Runs of agents, and the tools they called, as the agents' service tells them: in batches, of one
-- session each, so that the access is recorded as that person's.

-- Rows of a batch, each with where it stood: a run without its calls, which are rows of their own.
CREATE OR REPLACE FUNCTION agent_rows_of(items jsonb, below text DEFAULT '/items/')
RETURNS TABLE (pointer text, id uuid, item jsonb) LANGUAGE sql IMMUTABLE AS $$
    SELECT below || position - 1, (row ->> 'id')::uuid, row - 'tool_calls'
    FROM jsonb_array_elements(items) WITH ORDINALITY AS given (row, position)
$$;

-- The calls of `runs`, [{"id", "tool_calls"}], likewise, each with the run it belongs to; `below` where they stand by themselves.
CREATE OR REPLACE FUNCTION agent_calls_of(runs jsonb, below text)
RETURNS TABLE (pointer text, id uuid, item jsonb, run_id uuid) LANGUAGE sql IMMUTABLE AS $$
    SELECT call.pointer, call.id, call.item, (run.row ->> 'id')::uuid
    FROM jsonb_array_elements(runs) WITH ORDINALITY AS run (row, position),
         agent_rows_of(coalesce(nullif(run.row -> 'tool_calls', 'null'), '[]'),
                       coalesce(below, format('/items/%s/tool_calls/', run.position - 1))) AS call
$$;

-- What is wrong with rows before any is written: an id that stands twice, a time that no clock of a
-- service tells.
CREATE OR REPLACE FUNCTION agent_fault(person uuid, pointers text[], ids uuid[], items jsonb[])
RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_invalid(person, pointer || fault.member, fault.code, fault.detail)
    FROM unnest(pointers, ids, items) WITH ORDINALITY AS row (pointer, id, item, position),
         LATERAL (VALUES ('/id', 'not_unique', 'stands twice in this batch',
                          id = ANY (ids[:position - 1])),
                         ('/created_at', CASE WHEN (item ->> 'created_at')::timestamptz > now() THEN 'too_large'
                                              ELSE 'too_small' END, 'is in the future, or more than a year ago',
                          NOT haven_is_near((item ->> 'created_at')::timestamptz)))
             AS fault (member, code, detail, holds)
    WHERE fault.holds ORDER BY position LIMIT 1
$$;

CREATE OR REPLACE FUNCTION agent_calls_fault(person uuid, runs jsonb, below text) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT fault.*
    FROM (SELECT array_agg(call.pointer), array_agg(call.id), array_agg(call.item)
          FROM agent_calls_of(runs, below) AS call) AS call (pointers, ids, items),
         agent_fault(person, call.pointers, call.ids, call.items) AS fault
$$;

-- Claims rows of a batch, each below its parent: those that nobody has told before. One that was told with other content, or
-- below something else, refuses the batch. Older receipts know the row alone.
CREATE OR REPLACE FUNCTION agent_claim(person uuid, kind text, pointers text[], ids uuid[], items jsonb[], parents uuid[])
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
    fresh uuid[];
    other text;
BEGIN
    SELECT array_agg(id) FILTER (WHERE claim = 'new'),
           (array_agg(pointer ORDER BY position) FILTER (WHERE claim NOT IN ('new', 'same')))[1]
    INTO fresh, other
    FROM (SELECT told.id, told.pointer, told.position,
                 haven_claim_as(kind, told.id, haven_digest(told.item || jsonb_build_object('told_below', told.parent)),
                                ARRAY[haven_digest(told.item)]) AS claim
          FROM (SELECT * FROM unnest(pointers, ids, items, parents) WITH ORDINALITY
                                  AS row (pointer, id, item, parent, position) ORDER BY id) AS told) AS claimed;
    IF other IS NOT NULL THEN
        PERFORM haven_refuse(person, 'HV409', other || ' was told before with other content');
    END IF;
    RETURN coalesce(fresh, '{}');
END $$;

-- Stores the calls that are not there yet. How many they were.
CREATE OR REPLACE FUNCTION agent_calls_store(session uuid, person uuid, runs jsonb, below text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    fresh constant uuid[] := (
        SELECT agent_claim(person, 'mcp_tool_call', array_agg(call.pointer), array_agg(call.id), array_agg(call.item),
                           array_agg(call.run_id))
        FROM agent_calls_of(runs, below) AS call);
BEGIN
    INSERT INTO mcp_tool_calls (id, agent_output_id, session_id, tool_name, tool_version,
                                input_params, output_result, execution_time_ms, status,
                                error_message, created_at)
    SELECT call.id, call.run_id, session, told.tool_name, coalesce(told.tool_version, 'v1.0'),
           told.input_params, told.output_result, told.execution_time_ms,
           coalesce(told.status, 'success'), told.error_message, coalesce(told.created_at, now())
    FROM agent_calls_of(runs, below) AS call,
         jsonb_populate_record(NULL::mcp_tool_calls, call.item) AS told
    WHERE call.id = ANY (fresh)
    ORDER BY call.id;
    RETURN cardinality(fresh);
END $$;

-- Stores the runs that are not there yet, counts the prompts they used, and tells the session.
CREATE OR REPLACE FUNCTION agent_runs_store(session uuid, person uuid, runs jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    fresh constant uuid[] := (
        SELECT agent_claim(person, 'agent_output', array_agg(run.pointer), array_agg(run.id), array_agg(run.item),
                           array_agg(session))
        FROM agent_rows_of(runs) AS run);
BEGIN
    INSERT INTO agent_outputs (id, session_id, user_id, agent_name, agent_version,
                               sequence_number, input_data, output_data, llm_model,
                               llm_temperature, input_tokens, output_tokens,
                               llm_duration_seconds, total_duration_seconds,
                               cost_estimate_usd, status, error_message, prompt_id, created_at)
    SELECT run.id, session, person, told.agent_name, coalesce(told.agent_version, 'v1.0'),
           told.sequence_number, told.input_data, told.output_data, told.llm_model,
           told.llm_temperature, told.input_tokens, told.output_tokens,
           told.llm_duration_seconds, told.total_duration_seconds, told.cost_estimate_usd,
           coalesce(told.status, 'success'), told.error_message, told.prompt_id,
           coalesce(told.created_at, now())
    FROM agent_rows_of(runs) AS run,
         jsonb_populate_record(NULL::agent_outputs, run.item) AS told
    WHERE run.id = ANY (fresh);
    -- In the order of their ids, so that batches that use the same prompts wait for each other
    -- instead of locking each other out.
    PERFORM FROM prompt_registry
    WHERE id IN (SELECT prompt_id FROM agent_outputs WHERE agent_outputs.id = ANY (fresh))
    ORDER BY id FOR NO KEY UPDATE;
    UPDATE prompt_registry SET usage_count = coalesce(usage_count, 0) + used.times
    FROM (SELECT prompt_id, count(*)::integer AS times FROM agent_outputs
          WHERE agent_outputs.id = ANY (fresh) GROUP BY prompt_id) AS used
    WHERE prompt_registry.id = used.prompt_id;
    PERFORM haven_event(session, person, 'agent_execution',
                        jsonb_build_object('agent_output_id', run.id, 'agent_name', run.agent_name,
                                           'status', run.status))
    FROM agent_outputs AS run WHERE run.id = ANY (fresh) ORDER BY run.id;
    RETURN cardinality(fresh);
END $$;

-- What is wrong with a batch of runs, before any of it is claimed; NULL: nothing.
CREATE OR REPLACE FUNCTION agent_runs_fault(person uuid, runs jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    refusal haven_answer;
    place text;
BEGIN
    SELECT fault.* INTO refusal
    FROM (SELECT array_agg(run.pointer), array_agg(run.id), array_agg(run.item)
          FROM agent_rows_of(runs) AS run) AS run (pointers, ids, items),
         agent_fault(person, run.pointers, run.ids, run.items) AS fault;
    IF refusal.status IS NULL THEN
        refusal := agent_calls_fault(person, runs, NULL);
    END IF;
    IF refusal.status IS NOT NULL THEN
        RETURN refusal;
    END IF;
    SELECT run.pointer INTO place
    FROM agent_rows_of(runs) AS run
    WHERE run.item ->> 'prompt_id' IS NOT NULL
      AND NOT EXISTS (SELECT FROM prompt_registry WHERE id = run.item ->> 'prompt_id')
    LIMIT 1;
    RETURN CASE WHEN FOUND THEN haven_names_nothing(person, place || '/prompt_id') END;
END $$;

CREATE OR REPLACE FUNCTION agent_stored(person uuid, stored bigint, repeated bigint)
RETURNS haven_answer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE stored WHEN 0 THEN haven_ok(person, answer) ELSE haven_created(person, answer) END
    FROM (SELECT jsonb_build_object('stored', stored, 'repeated', repeated) AS answer) AS said
$$;

-- Runs with their calls, below a session. All of them or none.
CREATE OR REPLACE FUNCTION agent_outputs_post(session uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    runs constant jsonb := body -> 'items';
    calls constant bigint := (SELECT count(*) FROM agent_calls_of(runs, NULL));
    person uuid;
    refusal haven_answer;
    stored integer;
BEGIN
    SELECT user_id INTO person FROM sessions WHERE sessions.id = session;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_consents(person, 'data_processing') THEN
        RETURN haven_forbidden(person, 'The person has not agreed to the processing of their writing.');
    END IF;
    IF jsonb_array_length(runs) + calls > 500 THEN
        RETURN haven_invalid(person, '/items', 'too_many', 'holds more than 500 runs and calls together', 500);
    END IF;
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(session, 1));
    refusal := agent_runs_fault(person, runs);
    IF refusal.status IS NOT NULL THEN
        RETURN refusal;
    END IF;
    stored := agent_runs_store(session, person, runs) + agent_calls_store(session, person, runs, NULL);
    RETURN agent_stored(person, stored, jsonb_array_length(runs) + calls - stored);
END $$;

-- Further calls of a run that is there.
CREATE OR REPLACE FUNCTION agent_tool_calls_post(run uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    runs constant jsonb := jsonb_build_array(
        jsonb_build_object('id', run, 'tool_calls', body -> 'items'));
    session uuid;
    person uuid;
    refusal haven_answer;
    stored integer;
BEGIN
    SELECT session_id, user_id INTO session, person FROM agent_outputs WHERE agent_outputs.id = run;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_consents(person, 'data_processing') THEN
        RETURN haven_forbidden(person, 'The person has not agreed to the processing of their writing.');
    END IF;
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(session, 1));
    refusal := agent_calls_fault(person, runs, '/items/');
    IF refusal.status IS NOT NULL THEN
        RETURN refusal;
    END IF;
    stored := agent_calls_store(session, person, runs, '/items/');
    RETURN agent_stored(person, stored, jsonb_array_length(body -> 'items') - stored);
END $$;

-- A run as the actor sees it: its person sees that an agent was at work, and how it went.
CREATE OR REPLACE FUNCTION agent_output_item(run agent_outputs) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN haven_actor() = 'user'
                THEN jsonb_build_object('id', run.id, 'session_id', run.session_id,
                                        'agent_name', run.agent_name, 'status', run.status,
                                        'created_at', haven_utc(run.created_at))
                ELSE to_jsonb(run)
                     || jsonb_build_object('created_at', haven_utc(run.created_at)) END
$$;

CREATE OR REPLACE FUNCTION agent_call_item(call mcp_tool_calls) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(call) || jsonb_build_object('created_at', haven_utc(call.created_at))
$$;

CREATE OR REPLACE FUNCTION agent_output_get(run uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    found_row agent_outputs%ROWTYPE;
BEGIN
    SELECT * INTO found_row FROM agent_outputs WHERE agent_outputs.id = run;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(found_row.user_id, agent_output_item(found_row));
END $$;

-- Sums over runs, as JSON.
CREATE OR REPLACE FUNCTION agent_sums(runs bigint, input_tokens bigint, output_tokens bigint,
                                      cost numeric) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('runs', runs, 'input_tokens', coalesce(input_tokens, 0),
                              'output_tokens', coalesce(output_tokens, 0),
                              'cost_estimate_usd', coalesce(cost, 0))
$$;

CREATE OR REPLACE FUNCTION agent_costs_of_session(session uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
BEGIN
    SELECT user_id INTO person FROM sessions WHERE sessions.id = session;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN (
        WITH sums AS (
            SELECT grouping(llm_model, agent_name) AS level, llm_model, agent_name,
                   agent_sums(count(*), sum(input_tokens), sum(output_tokens),
                              sum(cost_estimate_usd)) AS sums
            FROM agent_outputs WHERE session_id = session
            GROUP BY GROUPING SETS ((), (llm_model), (agent_name))
        )
        SELECT haven_ok(person, (SELECT sums FROM sums WHERE level = 3) || jsonb_build_object(
            'by_model', coalesce((SELECT jsonb_agg(jsonb_build_object('llm_model', llm_model) || sums
                                                   ORDER BY llm_model)
                                  FROM sums WHERE level = 1), '[]'),
            'by_agent', coalesce((SELECT jsonb_agg(jsonb_build_object('agent_name', agent_name) || sums
                                                   ORDER BY agent_name)
                                  FROM sums WHERE level = 2), '[]'))));
END $$;

-- Each UTC day's runs by model, from the day `from` until the day `to`.
CREATE OR REPLACE FUNCTION agent_costs_by_day(nothing uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    last_day constant date := coalesce((asked #>> '{query,to}')::date - 1,
                                       (now() AT TIME ZONE 'UTC')::date);
    first_day constant date := coalesce((asked #>> '{query,from}')::date, last_day - 29);
BEGIN
    IF first_day > last_day OR last_day - first_day > 365 THEN
        RETURN haven_invalid(haven_nobody(), '/from', 'not_allowed', 'is at most 366 days before `to`, and not in the future');
    END IF;
    RETURN haven_ok(haven_nobody(), jsonb_build_object('items', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('day', (begins AT TIME ZONE 'UTC')::date, 'llm_model', llm_model)
                                  || sums ORDER BY begins, llm_model), '[]')
        FROM (SELECT begins, begins + interval '24 hours' AS ends -- a day at a time: no row needs its date, or sorting
              FROM generate_series(first_day::timestamp AT TIME ZONE 'UTC', last_day::timestamp AT TIME ZONE 'UTC',
                                   interval '24 hours') AS begins
              OFFSET 0) AS days
        CROSS JOIN LATERAL (
            SELECT llm_model, agent_sums(count(*), sum(input_tokens), sum(output_tokens),
                                         sum(cost_estimate_usd)) AS sums
            FROM agent_outputs WHERE created_at >= begins AND created_at < ends
            GROUP BY llm_model) AS of_day)));
END $$;

-- Whether a run, below which something is listed, may be seen by who asks.
CREATE OR REPLACE FUNCTION agent_output_seen(id uuid) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(user_id, NULL) FROM agent_outputs WHERE agent_outputs.id = agent_output_seen.id),
                    haven_not_found())
$$;
