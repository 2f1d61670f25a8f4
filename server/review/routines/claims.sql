-- Who works on a case, and what they say of it.

-- Each crisis of the case says what has been done about it.
CREATE OR REPLACE FUNCTION haven_note_crisis(case_id uuid, step text, status text) RETURNS void
LANGUAGE sql SET haven.actor = 'job' AS $$
    UPDATE crisis_logs
    SET escalation_status = coalesce(status, escalation_status),
        escalation_chain_executed = coalesce(escalation_chain_executed, '[]'::jsonb)
            || jsonb_build_object('step', step, 'at', haven_utc(now()))
    WHERE escalation_id = case_id AND escalation_status <> 'resolved'
$$;

CREATE OR REPLACE FUNCTION case_take(chosen uuid) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    taken hitl_escalations;
    person uuid;
BEGIN
    UPDATE hitl_escalations
    SET review_status = 'in_review', assigned_to_clinician_id = haven_actor_id(), assigned_at = now(),
        claim_expires_at = now() + haven_claim_time()
    WHERE id = chosen
    RETURNING * INTO taken;
    PERFORM haven_note_crisis(chosen, 'clinician', 'clinician_notified');
    person := haven_person_of_session(taken.session_id);
    RETURN haven_written(person, false, '/v1/hitl-escalations/' || taken.id, case_get(taken.id, NULL, NULL));
END $$;

-- POST /v1/hitl-escalations/claims: the most pressing case that nobody has. Two clinicians never get
-- one case, and none waits for another.
CREATE OR REPLACE FUNCTION case_claim_next(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    mine constant text[] := haven_roles_up_to(haven_actor_role());
    chosen uuid;
BEGIN
    IF NOT clinician_stays() THEN
        RETURN haven_forbidden(haven_nobody(), 'You are no clinician of this role any more.');
    END IF;
    SELECT hitl_escalations.id INTO chosen FROM hitl_escalations
    WHERE review_status IN ('pending', 'escalated') AND required_role = ANY (mine)
    ORDER BY priority_rank, review_deadline, hitl_escalations.id
    LIMIT 1 FOR UPDATE SKIP LOCKED;
    RETURN CASE WHEN chosen IS NULL THEN haven_no_content(haven_nobody()) ELSE case_take(chosen) END;
END $$;

-- PUT /v1/hitl-escalations/{id}/claim: this one. Once more says that one is still at it: the claim is good for as long
-- again, and a case that was handed to one is taken up.
CREATE OR REPLACE FUNCTION case_claim(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    found hitl_escalations;
    person uuid;
BEGIN
    IF NOT clinician_stays() THEN
        RETURN haven_forbidden(haven_nobody(), 'You are no clinician of this role any more.');
    END IF;
    SELECT * INTO found FROM hitl_escalations WHERE hitl_escalations.id = case_claim.id FOR UPDATE;
    IF NOT case_is_for_me(found) THEN
        RETURN haven_not_found();
    END IF;
    person := haven_person_of_session(found.session_id);
    IF found.review_status = 'in_review' AND found.assigned_to_clinician_id = haven_actor_id() THEN
        UPDATE hitl_escalations SET claim_expires_at = greatest(claim_expires_at, now() + haven_claim_time())
        WHERE hitl_escalations.id = found.id;
        RETURN haven_written(person, false, '/v1/hitl-escalations/' || id, case_get(id, NULL, asked));
    END IF;
    IF found.review_status NOT IN ('pending', 'escalated') THEN
        RETURN haven_conflict(person, 'Somebody else has the case, or it has been decided.');
    END IF;
    IF NOT found.required_role = ANY (haven_roles_up_to(haven_actor_role())) THEN
        RETURN haven_forbidden(person, 'The case was escalated: a ' || found.required_role || ' takes it.');
    END IF;
    RETURN case_take(found.id);
END $$;

-- DELETE /v1/hitl-escalations/{id}/claim: back into the queue. Supervisors release anybody's.
CREATE OR REPLACE FUNCTION case_release(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    found hitl_escalations;
    person uuid;
BEGIN
    SELECT * INTO found FROM hitl_escalations WHERE hitl_escalations.id = case_release.id FOR UPDATE;
    IF NOT case_is_for_me(found) THEN
        RETURN haven_not_found();
    END IF;
    person := haven_person_of_session(found.session_id);
    IF found.review_status <> 'in_review'
       OR (found.assigned_to_clinician_id IS DISTINCT FROM haven_actor_id()
           AND haven_actor_role() <> 'supervisor') THEN
        RETURN haven_conflict(person, 'You have not claimed the case.');
    END IF;
    UPDATE hitl_escalations
    SET assigned_to_clinician_id = NULL, assigned_at = NULL, claim_expires_at = NULL,
        review_status = CASE required_role WHEN 'reviewer' THEN 'pending' ELSE 'escalated' END
    WHERE hitl_escalations.id = found.id;
    PERFORM haven_note_crisis(found.id, 'released', 'hitl_pending');
    RETURN haven_no_content(person);
END $$;

-- A case that is decided lets its session go on, or closes it, and its person hears of it. The session
-- is locked.
CREATE OR REPLACE FUNCTION haven_end_review(case_id uuid, session uuid, reviewer uuid, closes boolean)
RETURNS void
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    reviewed sessions;
BEGIN
    UPDATE sessions
    SET hitl_reviewed_at = now(), hitl_reviewer_id = reviewer, requires_hitl_review = false
    WHERE id = session
    RETURNING * INTO reviewed;
    IF reviewed.status = 'hitl_review' THEN
        PERFORM haven_step(session, CASE WHEN closes THEN 'completed' ELSE 'active' END, 'hitl_review',
                           jsonb_build_object('escalation_id', case_id));
    ELSE
        PERFORM haven_event(session, reviewed.user_id, 'hitl_review',
                            jsonb_build_object('escalation_id', case_id));
    END IF;
    PERFORM haven_notify(reviewed.user_id, 'session_reviewed', 'Your session has been reviewed',
                         'Somebody from our team has looked at one of your sessions. '
                         || CASE WHEN closes THEN 'It is closed; you can begin another.'
                                 ELSE 'You can go on.' END,
                         '/sessions/' || session);
END $$;

-- What a clinician says of a case is known by both.
CREATE OR REPLACE FUNCTION case_review_id(case_id uuid, clinician uuid) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT haven_id_of_name('hitl_review ' || case_id || ' ' || clinician) $$;

-- PUT /v1/hitl-escalations/{id}/review. The notes come sealed, with `mac`, a keyed hash of all that is said: a clinician
-- says one thing of a case, and may say it again.
CREATE OR REPLACE FUNCTION case_review(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    action constant text := body ->> 'clinician_action';
    seen constant integer := (body ->> 'revision')::integer;
    closes constant boolean := coalesce((body ->> 'close_session')::boolean, false);
    claim text;
    found hitl_escalations;
    person uuid;
BEGIN
    PERFORM haven_lock_session_of_case(case_review.id);
    SELECT * INTO found FROM hitl_escalations WHERE hitl_escalations.id = case_review.id FOR UPDATE;
    IF NOT case_is_for_me(found) THEN
        RETURN haven_not_found();
    END IF;
    person := haven_person_of_session(found.session_id);
    claim := haven_claim_as('hitl_review', case_review_id(found.id, haven_actor_id()), decode(body ->> 'mac', 'hex'));
    IF claim <> 'new' THEN
        RETURN haven_claimed(person, claim, '/v1/hitl-escalations/' || id, case_get(id, NULL, asked),
                             'You have reviewed the case already.');
    END IF;
    IF found.review_status IS DISTINCT FROM 'in_review'
       OR found.assigned_to_clinician_id IS DISTINCT FROM haven_actor_id() THEN
        RETURN haven_conflict(person, 'Claim the case first.');
    END IF;
    IF seen IS DISTINCT FROM found.revision THEN
        RETURN haven_conflict(person, format(
            'The case has changed since you read it: your decision is on revision %s, the case is at %s. '
            'Read it again, then decide.', coalesce(seen::text, 'none'), found.revision));
    END IF;
    IF action = 'escalate' AND closes THEN
        RETURN haven_invalid(person, '/close_session', 'not_allowed', 'Who gets the case decides that.');
    END IF;
    IF action = 'escalate' AND haven_actor_role() = 'supervisor' THEN
        RETURN haven_invalid(person, '/clinician_action', 'not_allowed', 'There is nobody above a supervisor.');
    END IF;
    IF action <> 'approve_as_is' AND body ->> 'clinician_notes' IS NULL THEN
        RETURN haven_invalid(person, '/clinician_notes', 'required', 'Say what is to be different.');
    END IF;
    INSERT INTO hitl_reviews (escalation_id, clinician_id, clinician_action, clinician_notes,
                              encryption_key_id, revision)
    VALUES (found.id, haven_actor_id(), action, body ->> 'clinician_notes',
            (body ->> 'encryption_key_id')::uuid, seen);
    PERFORM case_decide(found, action, body ->> 'clinician_notes', closes);
    RETURN haven_written(person, true, '/v1/hitl-escalations/' || id, case_get(id, NULL, asked));
END $$;

CREATE OR REPLACE FUNCTION case_decide(c hitl_escalations, action text, notes text, closes boolean)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF action = 'escalate' THEN
        UPDATE hitl_escalations
        SET review_status = 'escalated', clinician_action = action, clinician_notes = notes,
            required_role = CASE haven_actor_role() WHEN 'reviewer' THEN 'senior' ELSE 'supervisor' END,
            assigned_to_clinician_id = NULL, assigned_at = NULL, claim_expires_at = NULL, revision = revision + 1
        WHERE id = c.id;
        PERFORM haven_note_crisis(c.id, 'escalated', 'hitl_pending');
        RETURN;
    END IF;
    UPDATE hitl_escalations
    SET review_status = CASE action WHEN 'reject_and_replace' THEN 'rejected' ELSE 'approved' END,
        clinician_action = action, clinician_notes = notes, reviewed_at = now(), claim_expires_at = NULL
    WHERE id = c.id;
    PERFORM haven_note_crisis(c.id, 'reviewed', NULL);
    PERFORM haven_end_review(c.id, c.session_id, haven_actor_id(), closes);
END $$;

CREATE OR REPLACE FUNCTION haven_lock_session_of_case(case_id uuid) RETURNS void
LANGUAGE sql SET haven.actor = 'job' AS $$
    SELECT FROM sessions
    WHERE id = (SELECT session_id FROM hitl_escalations WHERE hitl_escalations.id = case_id)
    FOR NO KEY UPDATE
$$;

-- Cases whose time is over, by priority. For /metrics.
CREATE OR REPLACE FUNCTION haven_overdue_cases() RETURNS bigint
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT count(*) FROM hitl_escalations
    WHERE review_status IN ('pending', 'in_review', 'escalated') AND review_deadline < now()
$$;
