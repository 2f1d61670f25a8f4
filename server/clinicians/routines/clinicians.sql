-- Clinicians: who they are, who they care for. Written by supervisors.

CREATE OR REPLACE FUNCTION clinician_item(c clinicians) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(c) - 'password_hash' || jsonb_build_object(
        'invited', c.password_hash IS NULL, 'created_at', haven_utc(c.created_at), 'updated_at', haven_utc(c.updated_at),
        'last_login_at', haven_utc(c.last_login_at))
$$;

-- POST /v1/clinicians. The address comes in its one form, and as an older row may hold it. A letter invites them to
-- choose a password; until they have one they cannot log in.
CREATE OR REPLACE FUNCTION clinician_create(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    made uuid;
BEGIN
    INSERT INTO clinicians (email, full_name, license_type, license_number,
                            license_state, specialties, role, preferred_language)
    SELECT body ->> 'email', body ->> 'full_name', body ->> 'license_type',
           body ->> 'license_number', body ->> 'license_state',
           array(SELECT jsonb_array_elements_text(nullif(body -> 'specialties', 'null'))),
           coalesce(body ->> 'role', 'reviewer'), coalesce(body ->> 'preferred_language', 'en')
    WHERE NOT EXISTS (SELECT FROM clinicians WHERE email = body ->> 'email_older')
    ON CONFLICT (email) DO NOTHING
    RETURNING clinicians.id INTO made;
    IF made IS NULL THEN
        RETURN haven_conflict(haven_nobody(), 'A clinician with this address is there already.');
    END IF;
    PERFORM letter_to_bearer('invitation', made);
    RETURN haven_written(haven_nobody(), true, '/v1/clinicians/' || made, clinician_get(made, NULL, asked));
END $$;

-- Whether another supervisor is there who can log in. One change of who supervises at a time, so that two never
-- retire each other.
CREATE OR REPLACE FUNCTION clinician_is_last(supervisor uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('haven supervisors', 0));
    RETURN EXISTS (SELECT FROM clinicians WHERE id = supervisor AND role = 'supervisor' AND status = 'active')
       AND NOT EXISTS (SELECT FROM clinicians WHERE id <> supervisor AND role = 'supervisor' AND status = 'active'
                                                AND password_hash IS NOT NULL);
END $$;

-- POST /v1/clinicians/{id}/invitation, by a supervisor: for who has none any more, or has lost everything. Their
-- password, their second factor and every token of theirs end, and their cases go back to the queue.
CREATE OR REPLACE FUNCTION clinician_invite(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
BEGIN
    IF id = haven_actor_id() THEN
        RETURN haven_conflict(haven_nobody(), 'Change your own password with PUT /v1/clinicians/me/password.');
    END IF;
    IF clinician_is_last(id) THEN
        RETURN haven_conflict(haven_nobody(), 'The last active supervisor stays one: make another first.');
    END IF;
    UPDATE clinicians SET password_hash = NULL, updated_at = now()
    WHERE clinicians.id = clinician_invite.id AND status = 'active';
    IF NOT FOUND THEN
        RETURN CASE WHEN EXISTS (SELECT FROM clinicians WHERE clinicians.id = clinician_invite.id)
                    THEN haven_conflict(haven_nobody(), 'The clinician is not active.') ELSE haven_not_found() END;
    END IF;
    PERFORM haven_end_tokens(id, NULL, 'password_changed');
    PERFORM haven_end_factors(id);
    PERFORM haven_end_codes(id);
    PERFORM clinician_give_back(id, '{}');
    PERFORM letter_to_bearer('invitation', id);
    RETURN haven_status(haven_nobody(), 202);
END $$;

-- DELETE /v1/clinicians/{id}/factors, by another supervisor: for who has lost authenticator and recovery codes. The next
-- log-in, with their password, may enrol another and nothing else.
CREATE OR REPLACE FUNCTION clinician_end_factors(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
BEGIN
    IF id = haven_actor_id() THEN
        RETURN haven_conflict(haven_nobody(), 'Another supervisor ends yours. Replace it with POST /v1/auth/factors/totp.');
    END IF;
    PERFORM FROM clinicians WHERE clinicians.id = clinician_end_factors.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    PERFORM haven_reset_factors(id, 'factor_ended');
    RETURN haven_no_content(haven_nobody());
END $$;

-- GET /v1/clinicians/me
CREATE OR REPLACE FUNCTION clinician_get_me(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS
$$ SELECT clinician_get(haven_actor_id(), body, asked) $$;

CREATE OR REPLACE FUNCTION clinician_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(haven_nobody(), clinician_item(clinicians)) FROM clinicians
                     WHERE clinicians.id = clinician_get.id),
                    haven_not_found())
$$;

-- PATCH /v1/clinicians/me: what is theirs to say, the language of letters to them.
CREATE OR REPLACE FUNCTION clinician_patch_me(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    known clinicians%ROWTYPE;
BEGIN
    SELECT * INTO known FROM clinicians WHERE clinicians.id = haven_actor_id() FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, clinician_item(known)) THEN
        RETURN haven_stale(haven_nobody());
    END IF;
    UPDATE clinicians SET preferred_language = coalesce(body ->> 'preferred_language', preferred_language), updated_at = now()
    WHERE clinicians.id = known.id;
    RETURN haven_written(haven_nobody(), false, '/v1/clinicians/me', clinician_get_me(NULL, NULL, asked));
END $$;

-- PUT /v1/clinicians/{id}: all that a supervisor decides; what is left out is emptied. Inactive
-- clinicians' tokens are no tokens any more from this moment, and their cases go back to the queue, as do those
-- that are beyond a role.
CREATE OR REPLACE FUNCTION clinician_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    known clinicians;
    stays constant boolean := body ->> 'role' = 'supervisor' AND body ->> 'status' = 'active';
    last constant boolean := clinician_is_last(id);
BEGIN
    -- Not FOR UPDATE: a row of theirs that is written meanwhile (a decision) asks whether they are there.
    SELECT * INTO known FROM clinicians WHERE clinicians.id = clinician_put.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, clinician_item(known)) THEN
        RETURN haven_stale(haven_nobody());
    END IF;
    IF last AND NOT stays THEN
        RETURN haven_conflict(haven_nobody(), 'The last active supervisor stays one: make another first.');
    END IF;
    UPDATE clinicians
    SET full_name = body ->> 'full_name', role = body ->> 'role', status = body ->> 'status',
        license_type = body ->> 'license_type', license_number = body ->> 'license_number',
        license_state = body ->> 'license_state',
        specialties = array(SELECT jsonb_array_elements_text(nullif(body -> 'specialties', 'null'))),
        updated_at = now()
    WHERE clinicians.id = known.id;
    IF body ->> 'status' <> 'active' THEN
        PERFORM haven_end_tokens(known.id, NULL, 'suspended');
    END IF;
    PERFORM clinician_give_back(known.id, CASE body ->> 'status' WHEN 'active' THEN haven_roles_up_to(body ->> 'role')
                                                                 ELSE '{}' END);
    RETURN haven_written(haven_nobody(), false, '/v1/clinicians/' || id, clinician_get(id, NULL, asked));
END $$;

-- Whether who asks is an active clinician of the role they came with; nobody retires or demotes them until the
-- transaction ends. A request is let in before its transaction begins. Asked before anything else is locked.
CREATE OR REPLACE FUNCTION clinician_stays() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM clinicians
    WHERE id = haven_actor_id() AND status = 'active' AND role = haven_actor_role() FOR SHARE;
    RETURN FOUND;
END $$;

-- Cases of a clinician that are for none of these roles go back to the queue.
CREATE OR REPLACE FUNCTION clinician_give_back(holder uuid, roles text[]) RETURNS void
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    held uuid;
BEGIN
    FOR held IN
        UPDATE hitl_escalations
        SET assigned_to_clinician_id = NULL, assigned_at = NULL, claim_expires_at = NULL,
            review_status = CASE required_role WHEN 'reviewer' THEN 'pending' ELSE 'escalated' END
        WHERE assigned_to_clinician_id = holder AND review_status = 'in_review' AND required_role <> ALL (roles)
        RETURNING id
    LOOP
        PERFORM haven_note_crisis(held, 'released', 'hitl_pending');
    END LOOP;
END $$;

-- PUT /v1/clinicians/{id}/users/{user_id}. Once while it lasts; again after it ended.
CREATE OR REPLACE FUNCTION assignment_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := haven_uuid_or_null(asked #>> '{path,user_id}');
    answer constant jsonb := jsonb_build_object('clinician_id', id, 'user_id', person);
    carer text;
BEGIN
    SELECT status INTO carer FROM clinicians WHERE clinicians.id = assignment_put.id FOR SHARE;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM users WHERE users.id = person
                                AND users.status IS DISTINCT FROM 'deleted') THEN
        RETURN haven_not_found();
    END IF;
    IF carer <> 'active' THEN
        RETURN haven_conflict(person, 'The clinician is not active.');
    END IF;
    INSERT INTO clinician_assignments (clinician_id, user_id, assigned_by)
    VALUES (id, person, haven_actor_id())
    ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN haven_created(person, answer) ELSE haven_ok(person, answer) END;
END $$;

CREATE OR REPLACE FUNCTION assignment_end(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := haven_uuid_or_null(asked #>> '{path,user_id}');
BEGIN
    UPDATE clinician_assignments SET ended_at = greatest(now(), assigned_at)
    WHERE clinician_id = id AND user_id = person AND ended_at IS NULL;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_no_content(person);
END $$;

CREATE OR REPLACE FUNCTION haven_uuid_or_null(words text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN words ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN words::uuid END
$$;


-- Whom a list of people is of: the clinician, or whoever asks where it is NULL.
CREATE OR REPLACE FUNCTION clinician_seen(clinician uuid) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN clinician IS NULL OR EXISTS (SELECT FROM clinicians WHERE id = clinician)
                THEN haven_ok(haven_nobody(), NULL) ELSE haven_not_found() END
$$;
