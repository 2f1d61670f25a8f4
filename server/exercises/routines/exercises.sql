-- A JSON array of strings as TEXT[]; NULL stays NULL.
CREATE OR REPLACE FUNCTION haven_texts(list jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(list) = 'array'
                THEN ARRAY(SELECT jsonb_array_elements_text(list)) END
$$;

-- What leads a person through an exercise, where an agent or the client finds the words after it has
-- begun. It may be found anew while the exercise goes on; a member left out stays as it is.
CREATE OR REPLACE FUNCTION exercise_put_guidance(id uuid, body jsonb, request jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    exercise exercises%ROWTYPE;
BEGIN
    SELECT * INTO exercise FROM exercises AS e WHERE e.id = exercise_put_guidance.id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    PERFORM haven_subject(exercise.user_id);
    IF coalesce(exercise.status, 'in_progress') <> 'in_progress' THEN
        RETURN haven_conflict('The exercise is over.');
    END IF;
    UPDATE exercises AS e
    SET opening_prompt = coalesce(body ->> 'opening_prompt', e.opening_prompt),
        guideposts = coalesce(haven_texts(body -> 'guideposts'), e.guideposts),
        grounding_close = coalesce(body ->> 'grounding_close', e.grounding_close)
    WHERE e.id = exercise_put_guidance.id;
    PERFORM haven_event(exercise.session_id, exercise.user_id, 'agent_execution',
                        jsonb_build_object('action', 'exercise_guidance', 'exercise_id', id));
    RETURN haven_ok(jsonb_build_object('id', id));
END $$;
