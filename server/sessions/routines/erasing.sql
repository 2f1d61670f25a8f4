-- What a person deletes of what is theirs. It needs no consent, leaves a receipt that says so (haven_note_deleted), and what
-- follows from it is the server's own work.

-- Why nothing in a session is deleted now; NULL where it may be.
CREATE OR REPLACE FUNCTION haven_kept_for_safety(session uuid, whole boolean) RETURNS text
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT CASE
        WHEN haven_is_under_review(session)
             OR EXISTS (SELECT FROM crisis_logs WHERE session_id = session AND resolved_at IS NULL)
        THEN 'A clinician has to look at the session first: what is in it can be deleted when its case is decided and its crisis '
             'resolved.'
        WHEN whole AND (EXISTS (SELECT FROM crisis_logs WHERE session_id = session)
                        OR EXISTS (SELECT FROM hitl_escalations WHERE session_id = session))
        THEN 'What was decided about the session for safety is kept: delete what you made in it, one by one.' END
$$;

CREATE OR REPLACE FUNCTION haven_keep_for_safety() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    session uuid;
    why text;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'sessions' THEN session := OLD.id;
        WHEN 'bilateral_drawings', 'exercise_artifacts' THEN
            SELECT session_id INTO session FROM exercises WHERE id = OLD.exercise_id; -- none where that goes, too
        ELSE session := OLD.session_id;
    END CASE;
    why := haven_kept_for_safety(session, TG_TABLE_NAME = 'sessions');
    IF why IS NOT NULL THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409', why);
    END IF;
    RETURN OLD;
END $$;

-- Of what a person deletes the receipt stays, without the digest of what it said; of its `other kinds` none.
CREATE OR REPLACE FUNCTION haven_note_deleted() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    DELETE FROM write_receipts
    WHERE resource_type = ANY (TG_ARGV) AND resource_type <> TG_ARGV[0] AND resource_id = OLD.id;
    INSERT INTO write_receipts (resource_type, resource_id, user_id, actor_id, digest, deleted_at)
    VALUES (TG_ARGV[0], OLD.id, OLD.user_id, OLD.user_id, decode(repeat('00', 32), 'hex'), now())
    ON CONFLICT (resource_type, resource_id)
    DO UPDATE SET digest = excluded.digest, meaning = NULL, deleted_at = excluded.deleted_at;
    RETURN NULL;
END $$;

-- The first of the names is what the receipt of a thing itself is called; the others go with it.
DO $$
DECLARE
    erasable constant jsonb := '{
        "sessions": ["session", "session_end"], "exercises": ["exercise", "exercise_end"],
        "vr_sessions": ["vr_session", "vr_session_metrics", "vr_session_end"],
        "bilateral_drawings": ["bilateral_drawing"],
        "exercise_artifacts": ["exercise_artifact", "exercise_artifact_file"],
        "session_intents": ["session_intent"], "reflections": ["reflection"], "notifications": ["notification"], "reminders": ["reminder"]}';
    one record;
BEGIN
    FOR one IN SELECT key, value FROM jsonb_each(erasable) LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER note_deleted AFTER DELETE ON %I FOR EACH ROW WHEN (haven_actor() = ''user'')'
                       ' EXECUTE FUNCTION haven_note_deleted(%s)', one.key,
                       (SELECT string_agg(quote_literal(kind), ', ') FROM jsonb_array_elements_text(one.value) AS kind));
        IF one.key NOT IN ('vr_sessions', 'notifications', 'reminders') THEN
            EXECUTE format('CREATE OR REPLACE TRIGGER keep_for_safety BEFORE DELETE ON %I FOR EACH ROW'
                           ' WHEN (haven_actor() = ''user'') EXECUTE FUNCTION haven_keep_for_safety()', one.key);
        END IF;
    END LOOP;
END $$;

-- The session in which something was deleted says so, and is in an exercise no more where that was its last one. The session
-- is locked.
CREATE OR REPLACE FUNCTION haven_erased(session uuid, person uuid, action text, data jsonb) RETURNS void
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    IF action = 'exercise_delete'
       AND EXISTS (SELECT FROM sessions WHERE id = session AND status = 'exercise_in_progress')
       AND NOT EXISTS (SELECT FROM exercises WHERE session_id = session AND status = 'in_progress') THEN
        PERFORM haven_step(session, 'active', action, data);
    ELSE
        PERFORM haven_event(session, person, 'user_interaction', jsonb_build_object('action', action) || data);
    END IF;
END $$;

-- DELETE /v1/sessions/{id}
CREATE OR REPLACE FUNCTION session_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    session sessions%ROWTYPE;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO session FROM sessions WHERE sessions.id = session_delete.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, session_json(session)) THEN
        RETURN haven_stale(session.user_id);
    END IF;
    DELETE FROM sessions WHERE sessions.id = session_delete.id;
    RETURN haven_no_content(session.user_id);
END $$;

-- DELETE /v1/exercises/{id}
CREATE OR REPLACE FUNCTION exercise_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    exercise exercises%ROWTYPE;
BEGIN
    PERFORM haven_lock(id);
    PERFORM FROM sessions WHERE sessions.id = (SELECT session_id FROM exercises AS e WHERE e.id = exercise_delete.id)
    FOR NO KEY UPDATE;
    SELECT * INTO exercise FROM exercises AS e WHERE e.id = exercise_delete.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, exercise_json(exercise)) THEN
        RETURN haven_stale(exercise.user_id);
    END IF;
    DELETE FROM exercises AS e WHERE e.id = exercise_delete.id;
    PERFORM haven_erased(exercise.session_id, exercise.user_id, 'exercise_delete', jsonb_build_object('exercise_id', id));
    RETURN haven_no_content(exercise.user_id);
END $$;

-- DELETE /v1/bilateral-drawings/{id}: with its motion, and what of it has not come whole.
CREATE OR REPLACE FUNCTION drawing_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    session uuid;
BEGIN
    PERFORM haven_lock(id);
    SELECT exercises.session_id INTO session
    FROM bilateral_drawings AS d JOIN exercises ON exercises.id = d.exercise_id WHERE d.id = drawing_delete.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    DELETE FROM bilateral_drawings AS d WHERE d.id = drawing_delete.id;
    PERFORM haven_erased(session, haven_actor_id(), 'bilateral_drawing_delete', jsonb_build_object('bilateral_drawing_id', id));
    RETURN haven_no_content(haven_actor_id());
END $$;

-- DELETE /v1/reflections/{id}
CREATE OR REPLACE FUNCTION reflection_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    gone reflections%ROWTYPE;
BEGIN
    DELETE FROM reflections WHERE reflections.id = reflection_delete.id RETURNING * INTO gone;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    PERFORM haven_erased(gone.session_id, gone.user_id, 'reflection_delete', jsonb_build_object('reflection_id', id));
    RETURN haven_no_content(gone.user_id);
END $$;

-- DELETE /v1/session-intents/{id}
CREATE OR REPLACE FUNCTION intent_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    gone session_intents%ROWTYPE;
BEGIN
    DELETE FROM session_intents WHERE session_intents.id = intent_delete.id RETURNING * INTO gone;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    PERFORM haven_erased(gone.session_id, gone.user_id, 'session_intent_delete', jsonb_build_object('session_intent_id', id));
    RETURN haven_no_content(gone.user_id);
END $$;

-- DELETE /v1/notifications/{id}
CREATE OR REPLACE FUNCTION notification_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM notifications WHERE notifications.id = notification_delete.id AND user_id = haven_actor_id();
    RETURN CASE WHEN FOUND THEN haven_no_content(haven_actor_id()) ELSE haven_not_found() END;
END $$;

-- The motion that has not come whole goes with its drawing.
CREATE OR REPLACE FUNCTION haven_drop_chunks() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    DELETE FROM trace_chunks WHERE drawing_id = OLD.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER drop_chunks AFTER DELETE ON bilateral_drawings
    FOR EACH ROW EXECUTE FUNCTION haven_drop_chunks();
