-- Cases that go from one clinician to another, or back to the queue: handed on by who has them or by a supervisor, or
-- because nobody has worked on them for too long.

-- A time from the database's settings (ALTER DATABASE ... SET haven.NAME = '2 hours'), within bounds. What is no time
-- counts as not said.
CREATE OR REPLACE FUNCTION haven_time_setting(name text, otherwise interval, lowest interval, highest interval)
RETURNS interval LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN least(greatest(coalesce(nullif(current_setting(name, true), '')::interval, otherwise), lowest), highest);
EXCEPTION WHEN data_exception THEN
    RETURN otherwise;
END $$;

-- How long a claim is good without another word of its clinician's.
CREATE OR REPLACE FUNCTION haven_claim_time() RETURNS interval LANGUAGE sql STABLE AS
$$ SELECT haven_time_setting('haven.claim_time', '4 hours', '10 minutes', '7 days') $$;

CREATE OR REPLACE FUNCTION haven_is_open(review_status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT review_status IN ('pending', 'in_review', 'escalated') $$;

CREATE OR REPLACE FUNCTION haven_handed(c hitl_escalations, receiver uuid, why text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO hitl_handovers (escalation_id, from_clinician_id, to_clinician_id, handed_by, reason, revision)
    VALUES (c.id, c.assigned_to_clinician_id, receiver, CASE why WHEN 'lapsed' THEN NULL ELSE haven_actor_id() END, why,
            c.revision)
$$;

-- Nobody retires or demotes them until the transaction ends. The lower id first: two who hand on to each other never
-- wait for each other.
CREATE OR REPLACE FUNCTION clinicians_hold(these uuid[]) RETURNS void LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    PERFORM FROM clinicians WHERE id = ANY (these) ORDER BY id FOR SHARE;
END $$;

-- PUT /v1/hitl-escalations/{id}/assignment: to a clinician by name, or to the queue. By who has claimed it; a
-- supervisor's word is enough for any. Somebody else decides on what the case has become, so its revision rises. Who gets it
-- has the time of a review to take it up (PUT .../claim), four hours at most; then it lapses.
CREATE OR REPLACE FUNCTION case_assign(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    receiver constant uuid := (body ->> 'clinician_id')::uuid;
    found hitl_escalations;
    person uuid;
    kept clinicians;
BEGIN
    PERFORM clinicians_hold(ARRAY[haven_actor_id(), receiver]);
    IF NOT clinician_stays() THEN
        RETURN haven_forbidden(haven_nobody(), 'You are no clinician of this role any more.');
    END IF;
    SELECT * INTO found FROM hitl_escalations WHERE hitl_escalations.id = case_assign.id FOR UPDATE;
    IF NOT case_is_for_me(found) THEN
        RETURN haven_not_found();
    END IF;
    person := haven_person_of_session(found.session_id);
    IF NOT haven_is_open(found.review_status) THEN
        RETURN haven_conflict(person, 'The case has been decided.');
    END IF;
    IF haven_actor_role() <> 'supervisor' AND (found.review_status <> 'in_review'
                                               OR found.assigned_to_clinician_id IS DISTINCT FROM haven_actor_id()) THEN
        RETURN haven_conflict(person, 'You have not claimed the case.');
    END IF;
    IF (body ->> 'revision')::integer IS DISTINCT FROM found.revision THEN
        RETURN haven_conflict(person, format('The case has changed since you read it: it is at revision %s. '
                                             'Read it again, then hand it on.', found.revision));
    END IF;
    IF receiver IS NOT DISTINCT FROM found.assigned_to_clinician_id THEN
        RETURN haven_written(person, false, '/v1/hitl-escalations/' || id, case_get(id, NULL, asked));
    END IF;
    IF receiver IS NOT NULL THEN
        SELECT * INTO kept FROM clinicians WHERE clinicians.id = receiver AND status = 'active' AND password_hash IS NOT NULL;
        IF kept.id IS NULL THEN
            RETURN haven_invalid(person, '/clinician_id', 'no_such_resource', 'names no clinician who works here');
        END IF;
        IF NOT found.required_role = ANY (haven_roles_up_to(kept.role)) THEN
            RETURN haven_invalid(person, '/clinician_id', 'not_allowed', 'The case is for a ' || found.required_role || '.');
        END IF;
    END IF;
    PERFORM haven_handed(found, receiver, body ->> 'reason');
    UPDATE hitl_escalations
    SET assigned_to_clinician_id = receiver, assigned_at = CASE WHEN receiver IS NOT NULL THEN now() END,
        review_status = CASE WHEN receiver IS NOT NULL THEN 'in_review' WHEN required_role = 'reviewer' THEN 'pending'
                             ELSE 'escalated' END,
        claim_expires_at = CASE WHEN receiver IS NOT NULL
                                THEN now() + least(haven_review_time(priority), haven_claim_time(), interval '4 hours') END,
        revision = revision + 1
    WHERE hitl_escalations.id = found.id
    RETURNING * INTO found;
    PERFORM haven_note_crisis(found.id, CASE WHEN receiver IS NULL THEN 'released' ELSE 'assigned' END, 'hitl_pending');
    IF receiver IS NOT NULL AND receiver <> haven_actor_id() THEN
        PERFORM letter_to_bearer('case_assigned', receiver);
    END IF;
    RETURN haven_written(person, false, '/v1/hitl-escalations/' || id, case_get(id, NULL, asked));
END $$;

-- Cases whose claim has run out go back to the queue, and who had them is told. What somebody is working on at this
-- moment is left for the next time. How many.
CREATE OR REPLACE FUNCTION haven_job_lapse_claims() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    one hitl_escalations;
    lapsed integer := 0;
BEGIN
    FOR one IN
        SELECT * FROM hitl_escalations
        WHERE review_status = 'in_review'
          AND coalesce(claim_expires_at, coalesce(assigned_at, created_at) + haven_claim_time()) < now()
        ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM haven_handed(one, NULL, 'lapsed');
        PERFORM set_config('haven.case_step', 'case.lapsed', true);
        UPDATE hitl_escalations
        SET assigned_to_clinician_id = NULL, assigned_at = NULL, claim_expires_at = NULL,
            review_status = CASE required_role WHEN 'reviewer' THEN 'pending' ELSE 'escalated' END
        WHERE id = one.id;
        PERFORM set_config('haven.case_step', '', true);
        PERFORM haven_note_crisis(one.id, 'lapsed', 'hitl_pending');
        IF one.assigned_to_clinician_id IS NOT NULL THEN
            PERFORM letter_to_bearer('case_lapsed', one.assigned_to_clinician_id);
        END IF;
        lapsed := lapsed + 1;
    END LOOP;
    RETURN lapsed;
END $$;

-- What a change of a case tells, and what it means for the calls of its crisis: who claims it has it in hand, as has
-- who claims it once more; handed on, it is in hand only once it is taken up; back in the queue, somebody is called at once.
CREATE OR REPLACE FUNCTION haven_tell_case() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    holder constant uuid := NEW.assigned_to_clinician_id;
    was_open constant boolean := TG_OP = 'UPDATE' AND haven_is_open(OLD.review_status);
    was_held constant boolean := TG_OP = 'UPDATE' AND OLD.review_status = 'in_review';
    held constant boolean := NEW.review_status = 'in_review';
    changes_hands constant boolean := held AND (NOT was_held OR holder IS DISTINCT FROM OLD.assigned_to_clinician_id);
    mine constant boolean := held AND holder = haven_actor_id();
    told constant text := CASE
        WHEN TG_OP = 'INSERT' THEN 'case.opened'
        WHEN changes_hands THEN CASE WHEN mine THEN 'case.claimed' ELSE 'case.assigned' END
        WHEN was_open AND NOT haven_is_open(NEW.review_status) THEN 'case.decided'
        WHEN was_held AND NOT held THEN coalesce(nullif(current_setting('haven.case_step', true), ''), 'case.released')
        WHEN NEW.revision <> OLD.revision OR NEW.priority <> OLD.priority THEN 'case.changed' END;
    person constant uuid := haven_person_of_session(NEW.session_id);
BEGIN
    IF told IS NOT NULL THEN
        INSERT INTO events (kind, resource_type, resource_id, user_id, for_role, for_scope)
        VALUES (told, 'hitl_escalations', NEW.id, person, NEW.required_role, 'screenings');
        IF told IN ('case.assigned', 'case.lapsed', 'case.changed') THEN -- whose it is or was, whatever they are now
            INSERT INTO events (kind, resource_type, resource_id, user_id, clinician_id)
            SELECT told, 'hitl_escalations', NEW.id, person, concerned
            FROM unnest(ARRAY[holder, CASE WHEN was_held THEN OLD.assigned_to_clinician_id END]) AS concerned
            JOIN clinicians ON clinicians.id = concerned
            WHERE NOT NEW.required_role = ANY (haven_roles_up_to(clinicians.role));
        END IF;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NULL;
    END IF;
    IF mine AND (changes_hands OR NEW.claim_expires_at > OLD.claim_expires_at) THEN
        PERFORM chain_acknowledge(NEW.id, holder);
    ELSIF changes_hands THEN
        PERFORM chain_resume(NEW.id, haven_call_wait_of_case(NEW.id));
    ELSIF was_held AND haven_is_open(NEW.review_status) AND NOT held THEN
        PERFORM chain_resume(NEW.id, interval '0');
    ELSIF was_open AND NOT haven_is_open(NEW.review_status) THEN
        PERFORM chain_end(NEW.id);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_case AFTER INSERT OR UPDATE ON hitl_escalations
    FOR EACH ROW EXECUTE FUNCTION haven_tell_case();
