-- How a person found a session: said once, by them.

CREATE OR REPLACE FUNCTION feedback_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    place constant text := '/v1/sessions/' || id || '/feedback';
    claim text;
BEGIN
    IF NOT EXISTS (SELECT FROM sessions
                   WHERE sessions.id = feedback_put.id AND user_id = haven_actor_id()) THEN
        RETURN haven_not_found();
    END IF;
    claim := haven_claim('session_feedback', id, body, asked);
    IF claim <> 'new' THEN
        RETURN haven_claimed(haven_actor_id(), claim, place, feedback_get(id, NULL, asked),
                             'The session has feedback already.');
    END IF;
    INSERT INTO session_feedback (session_id, user_id, satisfaction)
    VALUES (id, haven_actor_id(), (body ->> 'satisfaction')::smallint);
    PERFORM haven_event(id, haven_actor_id(), 'user_interaction',
                        jsonb_build_object('action', 'session_feedback'));
    RETURN haven_written(haven_actor_id(), true, place, feedback_get(id, NULL, asked));
END $$;

CREATE OR REPLACE FUNCTION feedback_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    given session_feedback%ROWTYPE;
BEGIN
    SELECT * INTO given FROM session_feedback WHERE session_id = id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(given.user_id, to_jsonb(given)
                    || jsonb_build_object('created_at', haven_utc(given.created_at)));
END $$;
