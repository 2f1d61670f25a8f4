-- Screenings, and what a red one sets going.

-- Where somebody lives and what they read, as far as they said so. Services do not see accounts.
CREATE OR REPLACE FUNCTION haven_person_locale(person uuid, OUT country text, OUT language text)
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT coalesce(location_country, ''), coalesce(preferred_language, 'en')
    FROM users WHERE id = person
$$;

-- What is shown of a screening. To the person themselves: the outcome, not what it was read from.
CREATE OR REPLACE FUNCTION screening_item(s safety_screenings) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT CASE haven_actor() WHEN 'user' THEN shown - '{user_id,input_hash,detection_signals}'::text[]
                              WHEN 'clinician' THEN shown - '{user_id,input_hash}'::text[]
                              ELSE shown - 'user_id' END
    FROM (SELECT to_jsonb(s) || jsonb_build_object('created_at', haven_utc(s.created_at)) AS shown) AS whole
$$;

-- The answer to a screening: with its crisis, what is to be said and shown.
CREATE OR REPLACE FUNCTION screening_answer(screening uuid, catalogue jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT screening_item(s) || jsonb_build_object('crisis', (
        SELECT jsonb_build_object(
            'crisis_log_id', c.id, 'response_template_id', c.response_template_id,
            'message', haven_crisis_message(catalogue, c.response_template_id,
                                            (haven_person_locale(c.user_id)).language),
            'resources_provided', c.resources_provided)
        FROM crisis_logs AS c WHERE c.screening_id = s.id))
    FROM safety_screenings AS s WHERE s.id = screening
$$;

-- A red screening: recorded with what was offered and what has been set going. The session is locked.
CREATE OR REPLACE FUNCTION screening_crisis(screening safety_screenings, verdict jsonb, opened uuid,
                                            opened_now boolean, catalogue jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place record;
    told uuid;
    chain jsonb := jsonb_build_array(
        jsonb_build_object('step', 'log', 'at', haven_utc(now())),
        jsonb_build_object('step', CASE WHEN opened_now THEN 'queue' ELSE 'queue_raised' END,
                           'at', haven_utc(now()), 'escalation_id', opened));
BEGIN
    SELECT * INTO place FROM haven_person_locale(screening.user_id);
    IF opened_now THEN
        told := haven_notify(screening.user_id, 'system', 'Support is there for you',
                             array_to_string(haven_crisis_resources(catalogue, place.country,
                                                                    place.language), E'\n'),
                             '/sessions/' || screening.session_id);
        IF told IS NOT NULL THEN
            chain := chain || jsonb_build_object('step', 'notification', 'at', haven_utc(now()),
                                                 'notification_id', told);
        END IF;
    END IF;
    INSERT INTO crisis_logs (session_id, user_id, crisis_level, input_hash, response_template_id,
                             escalation_status, escalation_chain_executed, resources_provided,
                             screening_id, escalation_id)
    VALUES (screening.session_id, screening.user_id, screening.crisis_level, screening.input_hash,
            haven_crisis_template(catalogue, verdict ->> 'signal'), 'hitl_pending', chain,
            haven_crisis_resources(catalogue, place.country, place.language), screening.id, opened);
END $$;

-- What a screening does to its session: the worst since the last review stands, and nobody but a
-- clinician takes a red one back.
CREATE OR REPLACE FUNCTION screening_apply(screening safety_screenings, parent sessions, verdict jsonb,
                                           pseudonym text, catalogue jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted constant text := haven_review_priority(verdict);
    opened record;
BEGIN
    IF wanted IS NOT NULL THEN
        SELECT * INTO opened FROM haven_open_case(
            parent.id, pseudonym, 'safety_' || screening.safety_status || '_'
                                  || coalesce(verdict ->> 'signal', 'reported'), wanted);
    END IF;
    UPDATE sessions
    SET safety_status = CASE
            WHEN parent.requires_hitl_review
                 AND haven_safety_rank(parent.safety_status) > haven_safety_rank(screening.safety_status)
            THEN parent.safety_status ELSE screening.safety_status END,
        requires_hitl_review = parent.requires_hitl_review OR wanted IS NOT NULL
    WHERE id = parent.id;
    IF screening.safety_status = 'red' THEN
        IF parent.status <> 'hitl_review' AND haven_may_move(parent.status, 'hitl_review') THEN
            PERFORM haven_step(parent.id, 'hitl_review', 'safety_screening',
                               jsonb_build_object('screening_id', screening.id));
        END IF;
        PERFORM screening_crisis(screening, verdict, opened.case_id, opened.is_new, catalogue);
    END IF;
END $$;

-- Why a screening of `session` cannot be of this version of this text; NULL where it can. Services do not see texts.
CREATE OR REPLACE FUNCTION screening_text_fault(session uuid, artifact uuid, version integer) RETURNS text
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT CASE
        WHEN artifact IS NULL AND version IS NULL THEN NULL
        WHEN num_nonnulls(artifact, version) = 1 THEN 'A text and its version are named together.'
        WHEN NOT EXISTS (SELECT FROM exercise_artifacts AS a JOIN exercises ON exercises.id = a.exercise_id
                         WHERE a.id = artifact AND a.artifact_type = 'text_entry' AND session_id = session
                           AND screening_text_fault.version <= a.version)
        THEN 'There is no such text in the session, or none of that version.' END
$$;

-- PUT /v1/safety-screenings/{id}: what was sent, with the keyed hash of the input in place of the
-- input; "pseudonym", the person's number; "catalogue", the text of assets/crisis_resources.json.
CREATE OR REPLACE FUNCTION screening_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    sent constant jsonb := body - '{pseudonym,catalogue}'::text[];
    catalogue constant jsonb := (body ->> 'catalogue')::jsonb;
    signals constant jsonb := coalesce(nullif(sent -> 'detection_signals', 'null'), '[]');
    verdict constant jsonb := haven_verdict(signals, sent ->> 'safety_status');
    parent sessions;
    stored safety_screenings;
    claim text;
    fault text;
BEGIN
    SELECT * INTO parent FROM sessions WHERE sessions.id = (sent ->> 'session_id')::uuid
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_names_nothing(haven_nobody(), '/session_id');
    END IF;
    claim := haven_claim('safety_screening', id, sent, asked);
    IF claim = 'same' THEN
        RETURN haven_ok(parent.user_id, screening_answer(id, catalogue));
    ELSIF claim <> 'new' THEN
        RETURN haven_claimed(parent.user_id, claim, NULL, NULL, 'The screening was written with other content.');
    END IF;
    fault := screening_text_fault(parent.id, (sent ->> 'artifact_id')::uuid, (sent ->> 'artifact_version')::integer);
    IF fault IS NOT NULL THEN
        RETURN haven_invalid(parent.user_id, '/artifact_id', 'no_such_resource', fault);
    END IF;
    INSERT INTO safety_screenings (id, session_id, user_id, input_hash, safety_status, crisis_level,
                                   constraints, response_mode, recommended_action, confidence_score,
                                   detection_signals, artifact_id, artifact_version)
    VALUES (id, parent.id, parent.user_id, sent ->> 'input_hash', verdict ->> 'safety_status',
            verdict ->> 'crisis_level',
            array(SELECT jsonb_array_elements_text(verdict -> 'constraints')),
            verdict ->> 'response_mode', verdict ->> 'recommended_action',
            (verdict ->> 'confidence_score')::numeric, signals, (sent ->> 'artifact_id')::uuid,
            (sent ->> 'artifact_version')::integer)
    RETURNING * INTO stored;
    PERFORM haven_event(parent.id, parent.user_id, 'safety_screening',
                        jsonb_build_object('screening_id', id, 'safety_status', stored.safety_status,
                                           'crisis_level', stored.crisis_level));
    PERFORM screening_apply(stored, parent, verdict, body ->> 'pseudonym', catalogue);
    RETURN haven_created(parent.user_id, screening_answer(id, catalogue));
END $$;

CREATE OR REPLACE FUNCTION screening_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    found safety_screenings;
BEGIN
    SELECT * INTO found FROM safety_screenings WHERE safety_screenings.id = screening_get.id;
    RETURN CASE WHEN found.id IS NULL THEN haven_not_found() ELSE haven_ok(found.user_id, screening_item(found)) END;
END $$;
