-- The intake: what a person comes for in a session, in their words or as an agent understood them.

CREATE OR REPLACE FUNCTION intent_json(intent session_intents) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT haven_with_words(to_jsonb(intent), 'intent_words', '{contraindications,recommended_techniques}')
           || jsonb_build_object('created_at', haven_utc(intent.created_at))
$$;

-- PUT /v1/session-intents/{id}. The first moves its session to intake_pending; one that says what it
-- is about, how strongly it is felt and how ready the person is moves it on to safety_screening.
CREATE OR REPLACE FUNCTION intent_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    session sessions%ROWTYPE;
    told session_intents%ROWTYPE;
    claim text;
BEGIN
    SELECT * INTO session FROM sessions
    WHERE sessions.id = (body ->> 'session_id')::uuid FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        IF haven_is_gone('session_intent', id, 'session', (body ->> 'session_id')::uuid) THEN
            RETURN haven_gone(haven_who_asks());
        END IF;
        RETURN haven_names_nothing(haven_nobody(), '/session_id');
    END IF;
    -- What is sealed is another each time; its keyed hash, words_mac, is not.
    claim := haven_claim('session_intent', id, body - '{sealed_words,encryption_key_id}'::text[], asked);
    IF claim <> 'new' THEN
        RETURN haven_claimed(session.user_id, claim, '/v1/session-intents/' || id, intent_get(id, NULL, asked),
                             'The intake was written with other content.');
    END IF;
    IF session.status IN ('completed', 'timed_out') THEN
        RETURN haven_conflict(session.user_id, 'The session is over.');
    END IF;
    told := jsonb_populate_record(NULL::session_intents, body);
    INSERT INTO session_intents (id, session_id, user_id, goal_category, intensity_level,
                                 readiness_score, contraindications, recommended_techniques,
                                 estimated_duration_minutes, agent_confidence_score, sealed_words, encryption_key_id)
    VALUES (id, session.id, session.user_id, told.goal_category, told.intensity_level,
            told.readiness_score, told.contraindications, told.recommended_techniques,
            told.estimated_duration_minutes, told.agent_confidence_score, told.sealed_words, told.encryption_key_id);
    PERFORM intent_moves(id, session,
                         num_nulls(told.goal_category, told.intensity_level,
                                   told.readiness_score) = 0);
    RETURN haven_written(session.user_id, true, '/v1/session-intents/' || id, intent_get(id, NULL, asked));
END $$;

CREATE OR REPLACE FUNCTION intent_moves(id uuid, session sessions, is_complete boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    data constant jsonb := jsonb_build_object('session_intent_id', id, 'actor', haven_actor());
BEGIN
    IF session.status = 'created' THEN
        PERFORM haven_step(session.id, 'intake_pending', 'intake_begin', data);
    END IF;
    IF is_complete AND session.status IN ('created', 'intake_pending') THEN
        PERFORM haven_step(session.id, 'safety_screening', 'intake_complete', data);
    ELSIF session.status <> 'created' THEN
        PERFORM haven_event(session.id, session.user_id, 'user_interaction',
                            jsonb_build_object('action', 'intake_add') || data);
    END IF;
END $$;

-- GET /v1/session-intents/{id}
CREATE OR REPLACE FUNCTION intent_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    intent session_intents%ROWTYPE;
BEGIN
    SELECT * INTO intent FROM session_intents WHERE session_intents.id = intent_get.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(intent.user_id, intent_json(intent));
END $$;
