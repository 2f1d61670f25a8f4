-- What happened in a session, in the order it came.

CREATE OR REPLACE FUNCTION event_json(event session_events) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(event) || jsonb_build_object('created_at', haven_utc(event.created_at))
$$;

-- POST /v1/sessions/{id}/events: all of them, or none.
CREATE OR REPLACE FUNCTION session_events_add(id uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := body -> 'events';
    person uuid;
    wrong bigint;
BEGIN
    SELECT user_id INTO person FROM sessions WHERE sessions.id = session_events_add.id;
    IF NOT FOUND THEN
        RETURN haven_not_there('session', id);
    END IF;
    SELECT min(place) - 1 INTO wrong
    FROM jsonb_array_elements(said) WITH ORDINALITY AS told (event, place)
    WHERE event ->> 'event_type' = 'agent_execution' AND haven_actor() <> 'service';
    IF wrong IS NOT NULL THEN
        RETURN haven_invalid(person, format('/events/%s/event_type', wrong), 'not_allowed', 'is said by services alone');
    END IF;
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    SELECT id, person, event ->> 'event_type',
           coalesce(event -> 'event_data', '{}') || jsonb_build_object('actor', haven_actor())
    FROM jsonb_array_elements(said) WITH ORDINALITY AS told (event, place)
    ORDER BY place;
    RETURN haven_created(person, jsonb_build_object('stored', jsonb_array_length(said)));
END $$;
