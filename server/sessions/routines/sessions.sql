-- Sessions, as they are read and moved. Row-level security decides which ones who asks may see.

CREATE OR REPLACE FUNCTION session_json(session sessions) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(session) - 'review_since' || jsonb_build_object(
        'started_at', haven_utc(session.started_at),
        'completed_at', haven_utc(session.completed_at),
        'hitl_reviewed_at', haven_utc(session.hitl_reviewed_at),
        'created_at', haven_utc(session.created_at), 'updated_at', haven_utc(session.updated_at))
$$;

-- GET /v1/sessions/{id}
CREATE OR REPLACE FUNCTION session_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    session sessions%ROWTYPE;
BEGIN
    SELECT * INTO session FROM sessions WHERE sessions.id = session_get.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(session.user_id, session_json(session));
END $$;

-- PUT /v1/sessions/{id}. The numbers of a person's sessions have no gaps: one of them is begun at a time.
CREATE OR REPLACE FUNCTION session_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := '{"modality": "vr"}'::jsonb || haven_said(body);
    person constant uuid := haven_actor_id();
    claim constant text := haven_claim('session', id, said, asked);
    begun record;
    stored sessions%ROWTYPE;
BEGIN
    IF claim <> 'new' THEN
        RETURN haven_claimed(person, claim, '/v1/sessions/' || id, session_get(id, NULL, asked));
    END IF;
    PERFORM haven_lock(person);
    SELECT * INTO begun FROM haven_device_time((said ->> 'started_at')::timestamptz);
    INSERT INTO sessions (id, user_id, session_number, modality, environment_id, started_at,
                          clock_corrected)
    SELECT session_put.id, person, coalesce(max(session_number), 0) + 1, said ->> 'modality',
           said ->> 'environment_id', begun.at, begun.corrected
    FROM sessions WHERE user_id = person
    ON CONFLICT ON CONSTRAINT sessions_pkey DO NOTHING
    RETURNING * INTO stored;
    IF NOT FOUND THEN
        RETURN haven_not_found(); -- somebody else's
    END IF;
    INSERT INTO session_events (session_id, user_id, event_type, to_state, event_data)
    VALUES (id, person, 'state_transition', stored.status,
            jsonb_build_object('action', 'session_create', 'session_number', stored.session_number));
    RETURN haven_written(person, true, '/v1/sessions/' || id, session_get(id, NULL, asked));
END $$;

-- PUT /v1/sessions/{id}/status. With a move to hitl_review comes "pseudonym", the person's number: who
-- asks for a review opens its case.
CREATE OR REPLACE FUNCTION session_move(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    wanted constant text := body ->> 'status';
    session sessions%ROWTYPE;
    answer haven_answer;
BEGIN
    SELECT * INTO session FROM sessions WHERE sessions.id = session_move.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_there('session', id);
    END IF;
    IF NOT haven_matches(asked, session_json(session)) THEN
        RETURN haven_stale(session.user_id);
    END IF;
    IF session.status = wanted THEN
        RETURN haven_written(session.user_id, false, '/v1/sessions/' || id, session_get(id, NULL, asked));
    END IF;
    answer := session_may_ask(session.user_id, session.status, wanted);
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF wanted = 'hitl_review' THEN
        PERFORM haven_open_case(id, body ->> 'pseudonym', 'asked_for_by_' || haven_actor(), 'high');
        UPDATE sessions SET requires_hitl_review = true WHERE sessions.id = session_move.id;
    END IF;
    PERFORM haven_step(id, wanted, CASE wanted WHEN 'completed' THEN 'session_complete'
                                               ELSE 'session_move' END,
                       jsonb_build_object('actor', haven_actor()));
    RETURN haven_written(session.user_id, false, '/v1/sessions/' || id, session_get(id, NULL, asked));
END $$;

-- Why who asks may not ask for the move of a session of `person`; no status where they may.
CREATE OR REPLACE FUNCTION session_may_ask(person uuid, stands text, wanted text) RETURNS haven_answer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    allowed text[];
BEGIN
    IF stands = 'hitl_review' THEN
        RETURN haven_conflict(
            person,
            'The session waits for a clinician: the decision on its case lets it go on.');
    END IF;
    SELECT asked_by INTO allowed FROM session_moves
    WHERE from_state = stands AND to_state = wanted;
    IF allowed IS NULL THEN
        RETURN haven_conflict(person, format('A session does not go from %s to %s.', stands, wanted));
    END IF;
    IF NOT haven_actor() = ANY (allowed) THEN
        RETURN haven_forbidden(person, format('The move from %s to %s is not asked for by a %s.',
                                      stands, wanted, haven_actor()));
    END IF;
    RETURN NULL;
END $$;

-- PUT /v1/sessions/{id}/end, with the time that the device tells.
CREATE OR REPLACE FUNCTION session_end(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    ended record;
    session sessions%ROWTYPE;
    claim text;
    answer haven_answer;
BEGIN
    SELECT * INTO session FROM sessions WHERE sessions.id = session_end.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_there('session', id);
    END IF;
    claim := haven_claim('session_end', id, body, asked);
    IF claim <> 'new' OR session.status = 'completed' THEN
        RETURN haven_claimed(session.user_id, claim, '/v1/sessions/' || id, session_get(id, NULL, asked),
                             'The session was ended otherwise; it is kept as it was.');
    END IF;
    answer := session_may_ask(session.user_id, session.status, 'completed');
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO ended FROM haven_device_time((body ->> 'completed_at')::timestamptz, session.started_at);
    UPDATE sessions
    SET completed_at = ended.at, clock_corrected = session.clock_corrected OR ended.corrected
    WHERE sessions.id = session_end.id;
    PERFORM haven_step(id, 'completed', 'session_complete',
                       jsonb_build_object('actor', haven_actor()));
    RETURN haven_written(session.user_id, true, '/v1/sessions/' || id, session_get(id, NULL, asked));
END $$;

-- GET /v1/session-moves
CREATE OR REPLACE FUNCTION session_moves_get(id uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_nobody(), jsonb_build_object('items', jsonb_agg(
        jsonb_build_object('from_state', from_state, 'to_state', to_state, 'asked_by', asked_by,
                           'meaning', meaning) ORDER BY from_state, to_state)))
    FROM session_moves
$$;

-- Whether a session, below which something is listed, may be seen by who asks.
CREATE OR REPLACE FUNCTION session_seen(id uuid) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(user_id, NULL) FROM sessions WHERE sessions.id = session_seen.id),
                    haven_not_found())
$$;
