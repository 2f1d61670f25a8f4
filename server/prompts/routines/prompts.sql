-- Prompts: each version under an id of its own, FAMILY-vN, and never changed once written. Of a
-- family one version is active at most.
--
--   testing -> active -> deprecated      and testing -> deprecated
--
-- Making one active deprecates the one that was. A deprecated one stays so: what it said comes back
-- as a new version.

-- What was sent for a version, in one form: what is not said is null, or its default.
CREATE OR REPLACE FUNCTION prompt_content(told prompt_registry) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
        'purpose', told.purpose, 'category', told.category, 'inputs', told.inputs,
        'outputs', told.outputs, 'guardrails', told.guardrails,
        'system_prompt', told.system_prompt, 'developer_prompt', told.developer_prompt,
        'format', coalesce(told.format, 'markdown'))
$$;

-- The answer to a change of status, with what the prompt was before for the audit row.
CREATE OR REPLACE FUNCTION prompt_changed(answer haven_answer, was text, becomes text) RETURNS haven_answer
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    answer.changes := jsonb_build_object('prompt_id', answer.body -> 'id',
                                         'status', jsonb_build_array(was, becomes));
    RETURN answer;
END $$;

-- One writer of a family at a time.
CREATE OR REPLACE FUNCTION prompt_lock(prompt text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(
        'prompt ' || regexp_replace(prompt, '-v[0-9]+$', ''), 0))
$$;

-- The active version of a family steps down for another one.
CREATE OR REPLACE FUNCTION prompt_step_down(prompt_family text) RETURNS void LANGUAGE sql AS $$
    UPDATE prompt_registry SET status = 'deprecated', last_updated_at = now()
    WHERE family = prompt_family AND status = 'active'
$$;

CREATE OR REPLACE FUNCTION prompt_put(nothing uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    prompt constant text := asked #>> '{path,prompt_id}';
    prompt_family constant text := regexp_replace(prompt, '-v[0-9]+$', '');
    place constant text := '/v1/prompts/' || prompt;
    wanted_status constant text := coalesce(body ->> 'status', 'testing');
    told constant prompt_registry := jsonb_populate_record(NULL::prompt_registry, body);
    known prompt_registry%ROWTYPE;
    number integer;
BEGIN
    IF prompt !~ '^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-v[1-9][0-9]{0,4}$' OR length(prompt) > 100 THEN
        RETURN haven_not_found(); -- no prompt can have this name
    END IF;
    number := substring(prompt FROM '[0-9]+$');
    PERFORM prompt_lock(prompt);
    SELECT * INTO known FROM prompt_registry WHERE id = prompt;
    IF FOUND THEN
        IF prompt_content(known) = prompt_content(told) THEN
            RETURN haven_written(haven_nobody(), false, place, prompt_get(NULL, NULL, asked));
        END IF;
        RETURN haven_conflict(haven_nobody(), 'A version is never changed: write the next one.');
    END IF;
    IF EXISTS (SELECT FROM prompt_registry WHERE family = prompt_family AND version > number) THEN
        RETURN haven_conflict(haven_nobody(), 'A later version of this prompt is there already.');
    END IF;
    IF wanted_status = 'active' THEN
        PERFORM prompt_step_down(prompt_family);
    END IF;
    INSERT INTO prompt_registry (id, purpose, category, version, status, inputs, outputs,
                                 guardrails, system_prompt, developer_prompt, format, created_by)
    VALUES (prompt, told.purpose, told.category, number, wanted_status, told.inputs, told.outputs,
            told.guardrails, told.system_prompt, told.developer_prompt,
            coalesce(told.format, 'markdown'), haven_actor_id());
    RETURN prompt_changed(haven_written(haven_nobody(), true, place, prompt_get(NULL, NULL, asked)), NULL, wanted_status);
END $$;

CREATE OR REPLACE FUNCTION prompt_put_status(nothing uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    prompt constant text := asked #>> '{path,prompt_id}';
    becomes constant text := body ->> 'status';
    known prompt_registry%ROWTYPE;
BEGIN
    PERFORM prompt_lock(prompt);
    SELECT * INTO known FROM prompt_registry WHERE id = prompt;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF known.status = becomes THEN
        RETURN haven_written(haven_nobody(), false, '/v1/prompts/' || prompt, prompt_get(NULL, NULL, asked));
    END IF;
    IF (known.status, becomes) NOT IN
       (('testing', 'active'), ('testing', 'deprecated'), ('active', 'deprecated')) THEN
        RETURN haven_conflict(haven_nobody(), format('A prompt that is %s cannot become %s.', known.status, becomes));
    END IF;
    IF becomes = 'active' THEN
        PERFORM prompt_step_down(known.family);
    END IF;
    UPDATE prompt_registry SET status = becomes, last_updated_at = now() WHERE id = prompt;
    RETURN prompt_changed(haven_written(haven_nobody(), false, '/v1/prompts/' || prompt, prompt_get(NULL, NULL, asked)),
                          known.status, becomes);
END $$;

CREATE OR REPLACE FUNCTION prompt_item(prompt prompt_registry) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(prompt) || jsonb_build_object(
        'created_at', haven_utc(prompt.created_at),
        'last_updated_at', haven_utc(prompt.last_updated_at))
$$;

CREATE OR REPLACE FUNCTION prompt_get(nothing uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(haven_nobody(), prompt_item(prompt_registry)) FROM prompt_registry
                     WHERE prompt_registry.id = asked #>> '{path,prompt_id}'),
                    haven_not_found())
$$;
