-- Cases for clinicians: how they are opened, how pressing they are, and what is shown of them.
--
-- priority | reviewed within | opened by
-- urgent   | 15 minutes      | a red screening of level severe
-- high     | 1 hour          | any other red screening
-- medium   | 24 hours        | a yellow screening of level medium
-- low      | 72 hours        | any other yellow screening
--
-- Whoever asks for a review (PUT /v1/sessions/{id}/status) opens one of priority high. What is added to
-- a case raises its revision, and a decision names the one it was made on.
--
-- Locks are taken in this order: the clinician, the session, its case, the chain of its calls, its crises.

CREATE OR REPLACE FUNCTION haven_review_time(priority text) RETURNS interval
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE priority WHEN 'urgent' THEN interval '15 minutes' WHEN 'high' THEN interval '1 hour'
                         WHEN 'medium' THEN interval '24 hours' ELSE interval '72 hours' END
$$;

-- A deadline as the queue is paged by it: within the thousand years after 1970, whatever stands in the row.
CREATE OR REPLACE FUNCTION haven_queue_time(deadline timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT least(greatest(deadline, '1970-01-01 00:00:00+00'), '2969-01-01 00:00:00+00') $$;

CREATE OR REPLACE FUNCTION haven_priority_rank(priority text) RETURNS smallint
LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 ELSE 4 END)::smallint
$$;

-- The roles whose cases a clinician of `role` may work on.
CREATE OR REPLACE FUNCTION haven_roles_up_to(role text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE role WHEN 'supervisor' THEN '{reviewer,senior,supervisor}'::text[]
                     WHEN 'senior' THEN '{reviewer,senior}' WHEN 'reviewer' THEN '{reviewer}'
                     ELSE '{}' END
$$;

-- What a reviewer needs to judge a session, and nothing that says whose it is: coded values only,
-- no text of the person's.
CREATE OR REPLACE FUNCTION haven_session_context(session uuid) RETURNS jsonb
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT jsonb_build_object(
        'modality', s.modality, 'environment_id', s.environment_id, 'status', s.status,
        'session_number', s.session_number, 'safety_status', s.safety_status,
        'minutes_since_start', greatest(0, floor(extract(epoch FROM now() - s.started_at) / 60)),
        'intake', (SELECT jsonb_build_object('goal_category', goal_category,
                                             'intensity_level', intensity_level,
                                             'readiness_score', readiness_score)
                   FROM session_intents WHERE session_id = s.id
                   ORDER BY created_at DESC, id DESC LIMIT 1),
        'techniques', (SELECT coalesce(jsonb_agg(DISTINCT technique), '[]') FROM exercises
                       WHERE session_id = s.id),
        'screenings', (SELECT coalesce(jsonb_agg(shown ORDER BY newest), '[]')
                       FROM (SELECT jsonb_build_object(
                                        'safety_status', safety_status, 'crisis_level', crisis_level,
                                        'detection_signals', detection_signals,
                                        'confidence_score', confidence_score,
                                        'artifact_id', artifact_id, 'artifact_version', artifact_version,
                                        'created_at', haven_utc(created_at)) AS shown,
                                    row_number() OVER (ORDER BY created_at DESC, id DESC) AS newest
                             FROM safety_screenings WHERE session_id = s.id
                             ORDER BY created_at DESC, id DESC LIMIT 10) AS latest))
    FROM sessions AS s WHERE s.id = session
$$;

-- Opens the case of a session, or makes the one that is open more pressing; never less. The session
-- is locked by the caller. Returns the case and whether it is new. Those who may cause a case are
-- not those who may see one, so the actor is set aside.
CREATE OR REPLACE FUNCTION haven_open_case(session uuid, pseudonym text, reason text,
                                           wanted_priority text, OUT case_id uuid, OUT is_new boolean)
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    context constant jsonb := haven_session_context(session);
BEGIN
    UPDATE hitl_escalations
    SET session_context = context, revision = revision + 1,
        escalation_reason = CASE WHEN haven_priority_rank(wanted_priority) < priority_rank
                                 THEN reason ELSE escalation_reason END,
        priority = CASE WHEN haven_priority_rank(wanted_priority) < priority_rank
                        THEN wanted_priority ELSE priority END,
        review_deadline = least(review_deadline, now() + haven_review_time(wanted_priority))
    WHERE session_id = session AND review_status IN ('pending', 'in_review', 'escalated')
    RETURNING id INTO case_id;
    is_new := case_id IS NULL;
    IF is_new THEN
        INSERT INTO hitl_escalations (session_id, user_id_anonymized, escalation_reason, priority,
                                      review_deadline, session_context)
        VALUES (session, pseudonym, reason, wanted_priority,
                now() + haven_review_time(wanted_priority), context)
        RETURNING id INTO case_id;
    END IF;
END $$;

-- Whose session it is. For those who work on its case: to seal, and to say it in the audit log.
CREATE OR REPLACE FUNCTION haven_person_of_session(session uuid) RETURNS uuid
LANGUAGE sql STABLE SET haven.actor = 'job' AS
$$ SELECT user_id FROM sessions WHERE id = session $$;

-- Whether who asks may know whose case it is: seniors and supervisors, and those who care for the
-- person anyway.
CREATE OR REPLACE FUNCTION haven_knows_person(session uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT haven_actor_role() IN ('senior', 'supervisor')
        OR haven_cares_for(haven_person_of_session(session))
$$;

-- What a clinician sees of a case. Of a person only the number, unless they may know them.
CREATE OR REPLACE FUNCTION case_item(c hitl_escalations) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', c.id,
        'session_id', CASE WHEN haven_knows_person(c.session_id) THEN c.session_id END,
        'user_id_anonymized', c.user_id_anonymized, 'escalation_reason', c.escalation_reason,
        'priority', c.priority, 'review_deadline', haven_utc(c.review_deadline),
        'overdue', c.review_status IN ('pending', 'in_review', 'escalated')
                   AND c.review_deadline < now(),
        'review_status', c.review_status, 'required_role', c.required_role, 'revision', c.revision, 'merged_into', c.merged_into,
        'assigned_to_clinician_id', c.assigned_to_clinician_id, 'assigned_at', haven_utc(c.assigned_at),
        'claim_expires_at', haven_utc(c.claim_expires_at),
        'reviewed_at', haven_utc(c.reviewed_at), 'clinician_action', c.clinician_action,
        'session_context', c.session_context, 'created_at', haven_utc(c.created_at))
$$;

-- A case as its clinicians read it, and the words on it. The notes are still sealed: the server
-- opens them, and takes `person` and the keys' ids out again.
CREATE OR REPLACE FUNCTION case_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    found hitl_escalations;
    person uuid;
BEGIN
    SELECT * INTO found FROM hitl_escalations WHERE hitl_escalations.id = case_get.id;
    IF NOT case_is_for_me(found) THEN
        RETURN haven_not_found();
    END IF;
    person := haven_person_of_session(found.session_id);
    RETURN haven_ok(person, case_item(found) || jsonb_build_object(
        'person', person,
        'reviews', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'clinician_id', clinician_id, 'clinician_action', clinician_action,
                        'clinician_notes', clinician_notes, 'encryption_key_id', encryption_key_id,
                        'revision', revision,
                        'reviewed_at', haven_utc(reviewed_at))
                        ORDER BY reviewed_at, clinician_id), '[]')
                    FROM hitl_reviews WHERE escalation_id = found.id),
        'handovers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'from_clinician_id', from_clinician_id, 'to_clinician_id', to_clinician_id,
                          'handed_by', handed_by, 'reason', reason, 'revision', revision, 'created_at', haven_utc(created_at))
                          ORDER BY created_at, newest.id), '[]')
                      FROM (SELECT * FROM hitl_handovers WHERE escalation_id = found.id
                            ORDER BY created_at DESC, hitl_handovers.id DESC LIMIT 100) AS newest)));
END $$;

-- Cases beyond one's role are not there, unless one has worked on them.
CREATE OR REPLACE FUNCTION case_is_for_me(c hitl_escalations) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT c.id IS NOT NULL
       AND (c.required_role = ANY (haven_roles_up_to(haven_actor_role()))
            OR EXISTS (SELECT FROM hitl_reviews
                       WHERE escalation_id = c.id AND clinician_id = haven_actor_id()))
$$;
