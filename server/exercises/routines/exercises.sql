-- A JSON array of strings as TEXT[]; NULL stays NULL.
CREATE OR REPLACE FUNCTION haven_texts(list jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(list) = 'array'
                THEN ARRAY(SELECT jsonb_array_elements_text(list)) END
$$;

CREATE OR REPLACE FUNCTION exercise_json(exercise exercises) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT haven_said((to_jsonb(exercise) - 'user_id') || jsonb_build_object(
        'started_at', haven_utc(exercise.started_at),
        'completed_at', haven_utc(exercise.completed_at),
        'created_at', haven_utc(exercise.created_at)))
$$;

-- GET /v1/exercises/{id}
CREATE OR REPLACE FUNCTION exercise_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    exercise exercises%ROWTYPE;
BEGIN
    SELECT * INTO exercise FROM exercises AS e WHERE e.id = exercise_get.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(exercise.user_id, exercise_json(exercise));
END $$;

-- PUT /v1/exercises/{id}. The session goes into its exercise where it can from where it stands.
CREATE OR REPLACE FUNCTION exercise_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := '{"technique": "bilateral_drawing"}'::jsonb || haven_said(body);
    claim constant text := haven_claim('exercise', id, said, asked, 'session', (said ->> 'session_id')::uuid);
    parent uuid;
    begun record;
BEGIN
    IF claim <> 'new' THEN
        RETURN haven_claimed(haven_actor_id(), claim, '/v1/exercises/' || id, exercise_get(id, NULL, asked));
    END IF;
    SELECT sessions.id INTO parent FROM sessions
    WHERE sessions.id = (said ->> 'session_id')::uuid FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_names_nothing(haven_actor_id(), '/session_id');
    END IF;
    SELECT * INTO begun FROM haven_device_time((said ->> 'started_at')::timestamptz);
    INSERT INTO exercises (id, session_id, user_id, technique, technique_config, started_at,
                           clock_corrected, opening_prompt, guideposts, grounding_close)
    VALUES (id, parent, haven_actor_id(), said ->> 'technique', said -> 'technique_config', begun.at,
            begun.corrected, said ->> 'opening_prompt', haven_texts(said -> 'guideposts'),
            said ->> 'grounding_close')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN haven_not_found(); -- somebody else's
    END IF;
    PERFORM haven_step(parent, 'exercise_in_progress', 'exercise_start',
                       jsonb_build_object('exercise_id', id, 'technique', said ->> 'technique'));
    RETURN haven_written(haven_actor_id(), true, '/v1/exercises/' || id, exercise_get(id, NULL, asked));
END $$;

-- PUT /v1/exercises/{id}/end, with the time that the device tells.
CREATE OR REPLACE FUNCTION exercise_end(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := '{"status": "completed"}'::jsonb || haven_said(body);
    exercise exercises%ROWTYPE;
    ended record;
    stood text;
    claim text;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO exercise FROM exercises AS e WHERE e.id = exercise_end.id;
    IF NOT FOUND THEN
        RETURN haven_not_there('exercise', id);
    END IF;
    claim := haven_claim('exercise_end', id, said, asked);
    IF claim <> 'new' OR exercise.status <> 'in_progress' THEN
        RETURN haven_claimed(exercise.user_id, claim, '/v1/exercises/' || id, exercise_get(id, NULL, asked));
    END IF;
    SELECT status INTO stood FROM sessions WHERE sessions.id = exercise.session_id
    FOR NO KEY UPDATE;
    SELECT * INTO ended
    FROM haven_device_time((said ->> 'completed_at')::timestamptz, exercise.started_at);
    UPDATE exercises AS e
    SET status = said ->> 'status', completed_at = ended.at,
        clock_corrected = e.clock_corrected OR ended.corrected,
        duration_minutes = haven_minutes(e.started_at, ended.at)
    WHERE e.id = exercise_end.id
    RETURNING * INTO exercise;
    PERFORM haven_step(exercise.session_id,
                       CASE WHEN stood <> 'exercise_in_progress' THEN stood
                            WHEN exercise.status = 'completed' THEN 'reflecting' ELSE 'active' END,
                       'exercise_end',
                       jsonb_build_object('exercise_id', id, 'exercise_status', exercise.status,
                                          'duration_minutes', exercise.duration_minutes));
    RETURN haven_written(exercise.user_id, true, '/v1/exercises/' || id, exercise_get(id, NULL, asked));
END $$;

-- PATCH /v1/exercises/{id}: what leads a person through an exercise, where an agent or the client finds the words after it has
-- begun. It may be found anew while the exercise goes on; what is not named stays, null takes away.
CREATE OR REPLACE FUNCTION exercise_patch(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    exercise exercises%ROWTYPE;
BEGIN
    SELECT * INTO exercise FROM exercises AS e WHERE e.id = exercise_patch.id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_there('exercise', id);
    END IF;
    IF NOT haven_matches(asked, exercise_json(exercise)) THEN
        RETURN haven_stale(exercise.user_id);
    END IF;
    IF exercise.status <> 'in_progress' THEN
        RETURN haven_conflict(exercise.user_id, 'The exercise is over.');
    END IF;
    UPDATE exercises AS e
    SET opening_prompt = CASE WHEN body ? 'opening_prompt' THEN body ->> 'opening_prompt' ELSE e.opening_prompt END,
        guideposts = CASE WHEN body ? 'guideposts' THEN haven_texts(body -> 'guideposts') ELSE e.guideposts END,
        grounding_close = CASE WHEN body ? 'grounding_close' THEN body ->> 'grounding_close' ELSE e.grounding_close END
    WHERE e.id = exercise_patch.id;
    PERFORM haven_event(exercise.session_id, exercise.user_id, haven_event_type(),
                        jsonb_build_object('action', 'exercise_guidance', 'exercise_id', id));
    RETURN haven_written(exercise.user_id, false, '/v1/exercises/' || id, exercise_get(id, NULL, asked));
END $$;

-- Whether an exercise, below which something is listed, may be seen by who asks.
CREATE OR REPLACE FUNCTION exercise_seen(id uuid) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(user_id, NULL) FROM exercises WHERE exercises.id = exercise_seen.id),
                    haven_not_found())
$$;
