-- Reflections: what a person, or an agent for them, makes of a session afterwards.

CREATE OR REPLACE FUNCTION reflection_item(shown reflections) RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT haven_with_words(to_jsonb(shown), 'reflection_words',
                           '{recurring_themes,emotional_tone,action_items,unresolved_questions,next_session_recommendation,agent_summary}')
          || jsonb_build_object('created_at', haven_utc(shown.created_at)) $$;

CREATE OR REPLACE FUNCTION reflection_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
    claim text;
BEGIN
    -- A user sees their own sessions, a service all of them.
    SELECT user_id INTO person FROM sessions WHERE sessions.id = (body ->> 'session_id')::uuid;
    IF NOT FOUND THEN
        IF haven_is_gone('reflection', id, 'session', (body ->> 'session_id')::uuid) THEN
            RETURN haven_gone(haven_who_asks());
        END IF;
        RETURN haven_names_nothing(haven_nobody(), '/session_id');
    END IF;
    -- What is sealed is another each time; its keyed hash, words_mac, is not.
    claim := haven_claim('reflection', id, body - '{sealed_words,encryption_key_id}'::text[], asked);
    IF claim <> 'new' THEN
        RETURN haven_claimed(person, claim, '/v1/reflections/' || id, reflection_get(id, NULL, asked),
                             'The reflection was written with other content.');
    END IF;
    INSERT INTO reflections (id, session_id, user_id, recurring_themes, emotional_tone,
                             action_items, unresolved_questions, sentiment_score, word_count,
                             next_session_recommendation, agent_summary, sealed_words, encryption_key_id)
    SELECT reflection_put.id, told.session_id, person, told.recurring_themes, told.emotional_tone,
           told.action_items, told.unresolved_questions, told.sentiment_score, told.word_count,
           told.next_session_recommendation, told.agent_summary, told.sealed_words, told.encryption_key_id
    FROM jsonb_populate_record(NULL::reflections, body) AS told;
    PERFORM haven_event((body ->> 'session_id')::uuid, person, haven_event_type(),
                        jsonb_build_object('action', 'reflection_create', 'reflection_id', id));
    RETURN haven_written(person, true, '/v1/reflections/' || id, reflection_get(id, NULL, asked));
END $$;

CREATE OR REPLACE FUNCTION reflection_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    found_row reflections%ROWTYPE;
BEGIN
    SELECT * INTO found_row FROM reflections WHERE reflections.id = reflection_get.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(found_row.user_id, reflection_item(found_row));
END $$;

-- Whether the person whose reflections are listed may be seen by who asks, who is meant where it is NULL.
CREATE OR REPLACE FUNCTION reflections_seen(id uuid) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN id IS NULL THEN haven_ok(haven_who_asks(), NULL)
                WHEN EXISTS (SELECT FROM users WHERE users.id = reflections_seen.id) THEN haven_ok(id, NULL)
                ELSE haven_not_found() END
$$;
