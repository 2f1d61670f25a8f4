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

-- An event that a headset told under that id.
CREATE OR REPLACE FUNCTION session_event_told(session uuid, told uuid) RETURNS haven_answer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    event session_events%ROWTYPE;
BEGIN
    SELECT * INTO event FROM session_events AS e
    WHERE e.session_id = session AND e.event_data ->> 'event_id' = told::text
      AND e.created_at >= (SELECT created_at FROM sessions WHERE sessions.id = session);
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(event.user_id, jsonb_build_object(
        'id', told, 'session_id', session, 'event_type', event.event_type,
        'event_data', event.event_data - ARRAY['event_id', 'happened_at', 'clock_corrected'],
        'happened_at', event.event_data -> 'happened_at', 'clock_corrected', event.event_data -> 'clock_corrected',
        'created_at', haven_utc(event.created_at)));
END $$;

-- PUT /v1/session-events/{id}: its row comes when it comes, and says when it happened.
CREATE OR REPLACE FUNCTION session_event_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := '{"event_type": "user_interaction"}'::jsonb || haven_said(body);
    parent constant uuid := (said ->> 'session_id')::uuid;
    claim constant text := haven_claim('session_event', id, said, asked, 'session', parent);
    began timestamptz;
    happened record;
BEGIN
    IF claim <> 'new' THEN
        RETURN haven_claimed(haven_actor_id(), claim, NULL, session_event_told(parent, id));
    END IF;
    SELECT started_at INTO began FROM sessions WHERE sessions.id = parent;
    IF NOT FOUND THEN
        RETURN haven_names_nothing(haven_actor_id(), '/session_id');
    END IF;
    SELECT * INTO happened FROM haven_device_time((said ->> 'happened_at')::timestamptz, began);
    PERFORM haven_event(parent, haven_actor_id(), said ->> 'event_type',
                        coalesce(said -> 'event_data', '{}')
                        || jsonb_build_object('actor', haven_actor(), 'event_id', id, 'happened_at', haven_utc(happened.at),
                                              'clock_corrected', happened.corrected));
    RETURN haven_written(haven_actor_id(), true, NULL, session_event_told(parent, id));
END $$;

CREATE OR REPLACE FUNCTION haven_drop_event_receipt() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    DELETE FROM write_receipts
    WHERE resource_type = 'session_event' AND resource_id = (OLD.event_data ->> 'event_id')::uuid;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER drop_receipt AFTER DELETE ON session_events
    FOR EACH ROW WHEN (OLD.event_data ? 'event_id') EXECUTE FUNCTION haven_drop_event_receipt();
