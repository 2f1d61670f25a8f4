-- The states of a session: session_moves says which follow which, the triggers below hold every
-- UPDATE to it and leave an event of each move.

-- A time as the API writes it.
CREATE OR REPLACE FUNCTION haven_utc(at timestamptz) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

-- Staying where one is is always possible.
CREATE OR REPLACE FUNCTION haven_may_move(from_state text, to_state text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT from_state = to_state
        OR EXISTS (SELECT FROM session_moves
                   WHERE session_moves.from_state = haven_may_move.from_state
                     AND session_moves.to_state = haven_may_move.to_state)
$$;

-- Whole minutes; a clock set back in between gives none, never fewer.
CREATE OR REPLACE FUNCTION haven_minutes(from_time timestamptz, to_time timestamptz)
RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT least(2147483647, greatest(0, round(extract(epoch FROM to_time - from_time) / 60)))
           ::integer
$$;

CREATE OR REPLACE FUNCTION haven_keep_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    IF NEW.status IS DISTINCT FROM OLD.status THEN
        NEW.review_since := CASE NEW.status WHEN 'hitl_review' THEN now() END;
    ELSE
        NEW.review_since := OLD.review_since;
    END IF;
    IF NEW.status = 'completed' AND OLD.status IS DISTINCT FROM 'completed' THEN
        NEW.completed_at := coalesce(NEW.completed_at, now());
        NEW.duration_minutes := haven_minutes(NEW.started_at, NEW.completed_at);
    END IF;
    RETURN NEW;
END $$;

-- Whether the session waits for a clinician. Cases are read by clinicians alone, so the actor is set
-- aside.
CREATE OR REPLACE FUNCTION haven_is_under_review(session uuid) RETURNS boolean
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT EXISTS (SELECT FROM hitl_escalations
                   WHERE session_id = session AND review_status IN ('pending', 'in_review', 'escalated'))
$$;

-- Refuses the move, or leaves its event. Only the decision on its case lets a session out of review,
-- and none waits for one without a case. What is said of it stands in haven.move (haven_step). SQLSTATE
-- HV409 is answered 409.
CREATE OR REPLACE FUNCTION haven_tell_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT haven_may_move(OLD.status, NEW.status) THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409', format('A session does not go from %s to %s.', OLD.status, NEW.status));
    END IF;
    IF OLD.status = 'hitl_review' AND haven_is_under_review(NEW.id) THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409',
                             'The session waits for a clinician: the decision on its case lets it go on.');
    END IF;
    IF NEW.status = 'hitl_review' AND NOT haven_is_under_review(NEW.id) THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409', 'A session waits for a review only with a case.');
    END IF;
    IF OLD.status = 'safety_screening' AND NEW.status = 'active' AND haven_actor() IN ('user', 'service', 'clinician')
       AND NOT EXISTS (SELECT FROM safety_screenings WHERE session_id = NEW.id) THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409', 'The session was not screened: it goes on from there with a screening.');
    END IF;
    INSERT INTO session_events (session_id, user_id, event_type, from_state, to_state, event_data)
    VALUES (NEW.id, NEW.user_id, 'state_transition', OLD.status, NEW.status,
            jsonb_build_object('action', 'session_move', 'actor', haven_actor())
            || coalesce(nullif(current_setting('haven.move', true), '')::jsonb, '{}'));
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keep_session BEFORE UPDATE ON sessions
    FOR EACH ROW EXECUTE FUNCTION haven_keep_session();
CREATE OR REPLACE TRIGGER tell_move AFTER UPDATE OF status ON sessions
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION haven_tell_move();

-- Something happened in a session that moves it to `to_state`, if it can go there from where it is;
-- whether it moved. One event either way, with the action and `data`: of the move, or of what the
-- person did.
CREATE OR REPLACE FUNCTION haven_step(session uuid, to_state text, action text,
                                      data jsonb DEFAULT '{}')
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := jsonb_build_object('action', action) || data;
    stood text;
    person uuid;
BEGIN
    SELECT status, user_id INTO stood, person FROM sessions WHERE id = session FOR NO KEY UPDATE;
    IF stood = to_state OR NOT haven_may_move(stood, to_state)
       OR (stood = 'hitl_review' AND haven_is_under_review(session)) THEN
        PERFORM haven_event(session, person, 'user_interaction', said);
        RETURN false;
    END IF;
    PERFORM set_config('haven.move', said::text, true);
    UPDATE sessions SET status = to_state WHERE id = session;
    PERFORM set_config('haven.move', '', true);
    RETURN true;
END $$;

-- Ends the sessions in which nothing has happened for `idle`, without being asked: 24 hours, or the
-- database's haven.session_idle. How many. Called by the server's own work; what somebody is moving
-- at the moment is left for the next time.
CREATE OR REPLACE FUNCTION haven_job_timeout_sessions(idle interval DEFAULT NULL,
                                                      sessions_max integer DEFAULT 10000)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    since constant timestamptz := now() - coalesce(
        idle, nullif(current_setting('haven.session_idle', true), '')::interval, '24 hours');
    ended integer;
BEGIN
    PERFORM set_config('haven.move', '{"action": "session_timeout"}', true);
    WITH idle_sessions AS (
        SELECT id FROM sessions
        WHERE status NOT IN ('completed', 'timed_out', 'hitl_review') AND updated_at < since
          AND NOT EXISTS (SELECT FROM session_events
                          WHERE session_id = sessions.id AND session_events.created_at >= since)
        ORDER BY updated_at LIMIT sessions_max
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE sessions SET status = 'timed_out' FROM idle_sessions
    WHERE sessions.id = idle_sessions.id;
    GET DIAGNOSTICS ended = ROW_COUNT;
    PERFORM set_config('haven.move', '', true);
    RETURN ended;
END $$;
