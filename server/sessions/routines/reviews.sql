-- What a review holds, whoever writes, through the API or past it. Clinicians' decisions and the server's own work are those
-- of their routines, which act as `job`. SQLSTATE HV409 is answered 409.

-- Since when a session waits for a clinician; NULL where it does not.
CREATE OR REPLACE FUNCTION haven_paused_since(session uuid) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT coalesce(review_since, updated_at) FROM sessions WHERE id = session AND status = 'hitl_review' $$;

-- In a session that waits for a clinician nothing is begun and no text is written. What a device had begun before the review
-- comes late and is taken: a drawing goes with its exercise, and what belongs to a drawing with that.
CREATE OR REPLACE FUNCTION haven_pause_for_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    session uuid;
    begun timestamptz := now();
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'exercises' THEN session := NEW.session_id;
        WHEN 'vr_sessions' THEN session := NEW.parent_session_id;
        WHEN 'bilateral_drawings' THEN
            SELECT session_id, started_at INTO session, begun FROM exercises WHERE id = NEW.exercise_id;
        ELSE SELECT session_id INTO session FROM exercises WHERE id = NEW.exercise_id;
    END CASE;
    IF TG_OP = 'INSERT' AND TG_TABLE_NAME IN ('exercises', 'vr_sessions') THEN
        begun := NEW.started_at;
    END IF;
    IF begun >= haven_paused_since(session) THEN
        PERFORM haven_refuse(NEW.user_id, 'HV409', 'The session waits for a clinician: it goes on when its case is decided.');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER b_review BEFORE INSERT OR UPDATE OF opening_prompt, guideposts, grounding_close ON exercises
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service')) EXECUTE FUNCTION haven_pause_for_review();
CREATE OR REPLACE TRIGGER b_review BEFORE INSERT ON vr_sessions
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service')) EXECUTE FUNCTION haven_pause_for_review();
CREATE OR REPLACE TRIGGER b_review BEFORE INSERT ON bilateral_drawings
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service')) EXECUTE FUNCTION haven_pause_for_review();
CREATE OR REPLACE TRIGGER b_review BEFORE INSERT OR UPDATE OF content_text, content_encrypted, version ON exercise_artifacts
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service') AND NEW.bilateral_drawing_id IS NULL)
    EXECUTE FUNCTION haven_pause_for_review();
CREATE OR REPLACE TRIGGER b_review BEFORE INSERT OR UPDATE ON artifact_drafts
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service')) EXECUTE FUNCTION haven_pause_for_review();

-- A session is begun in its first state, with nothing found in it; and not beside one of its person's that is red and waits
-- for a clinician, but one that was begun before that one did.
CREATE OR REPLACE FUNCTION haven_begin_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'created' OR NEW.safety_status IS NOT NULL OR NEW.requires_hitl_review
       OR num_nonnulls(NEW.review_since, NEW.hitl_reviewed_at, NEW.hitl_reviewer_id) > 0 THEN
        PERFORM haven_refuse(NEW.user_id, 'HV409', 'A session is begun as created, and nobody has found anything in it.');
    END IF;
    IF EXISTS (SELECT FROM sessions AS waiting
               WHERE waiting.user_id = NEW.user_id AND waiting.status = 'hitl_review' AND waiting.safety_status = 'red'
                 AND NEW.started_at >= coalesce(waiting.review_since, waiting.updated_at)) THEN
        PERFORM haven_refuse(NEW.user_id, 'HV409',
                             'Another session waits for a clinician: a new one is begun when its case is decided.');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER b_review BEFORE INSERT ON sessions
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service')) EXECUTE FUNCTION haven_begin_session();

-- What was found in a session is what a screening of it says, and while a review is wanted never less; a review is wanted
-- where there is a case, and over by its decision.
CREATE OR REPLACE FUNCTION haven_keep_findings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.safety_status IS DISTINCT FROM OLD.safety_status
       AND (NOT EXISTS (SELECT FROM safety_screenings
                        WHERE session_id = NEW.id AND safety_status = NEW.safety_status)
            OR (OLD.requires_hitl_review
                AND haven_safety_rank(OLD.safety_status) > haven_safety_rank(NEW.safety_status))) THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409', 'What was found in a session is what its screenings say.');
    END IF;
    IF (NEW.hitl_reviewed_at, NEW.hitl_reviewer_id) IS DISTINCT FROM (OLD.hitl_reviewed_at, OLD.hitl_reviewer_id)
       OR (OLD.requires_hitl_review AND NOT NEW.requires_hitl_review)
       OR (NEW.requires_hitl_review AND NOT OLD.requires_hitl_review AND NOT haven_is_under_review(NEW.id)) THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409', 'A session is reviewed where it has a case, by the decision on it.');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER b_findings
    BEFORE UPDATE OF safety_status, requires_hitl_review, hitl_reviewed_at, hitl_reviewer_id ON sessions
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service', 'clinician')) EXECUTE FUNCTION haven_keep_findings();

-- How far a crisis was passed on, its case says: it is passed on where there is one, and resolved by a clinician.
CREATE OR REPLACE FUNCTION haven_keep_escalation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.escalation_status NOT IN ('none', 'hitl_pending') OR num_nonnulls(NEW.resolved_at, NEW.resolved_by) > 0
           OR (NEW.escalation_status = 'hitl_pending'
               AND (NEW.escalation_id IS NULL OR NOT haven_is_under_review(NEW.session_id)))
           OR NOT EXISTS (SELECT FROM safety_screenings
                          WHERE id = NEW.screening_id AND session_id = NEW.session_id
                            AND crisis_level = NEW.crisis_level) THEN
            PERFORM haven_refuse(NEW.user_id, 'HV409', 'A crisis is what a screening found, passed on in a case.');
        END IF;
    ELSIF (NEW.escalation_status, NEW.resolved_at, NEW.resolved_by, NEW.crisis_level)
          IS DISTINCT FROM (OLD.escalation_status, OLD.resolved_at, OLD.resolved_by, OLD.crisis_level)
          AND (haven_actor() <> 'clinician' OR NEW.escalation_status <> 'resolved' OR NEW.crisis_level <> OLD.crisis_level
               OR NEW.resolved_by IS DISTINCT FROM haven_actor_id()) THEN
        PERFORM haven_refuse(OLD.user_id, 'HV409', 'A crisis is passed on by its case, and resolved by a clinician.');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER b_escalation BEFORE INSERT OR UPDATE ON crisis_logs
    FOR EACH ROW WHEN (haven_actor() IN ('user', 'service', 'clinician')) EXECUTE FUNCTION haven_keep_escalation();

-- A case becomes more pressing by what is added to it, and somebody else's by being escalated; not by being written so.
CREATE OR REPLACE FUNCTION haven_keep_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.session_id, NEW.priority) IS DISTINCT FROM (OLD.session_id, OLD.priority)
       OR (NEW.required_role <> OLD.required_role AND NEW.review_status <> 'escalated') THEN
        PERFORM haven_refuse(haven_person_of_session(OLD.session_id), 'HV409',
                             'A case is as pressing as what it is of, and another''s when it is escalated.');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER b_case BEFORE UPDATE OF session_id, priority, required_role ON hitl_escalations
    FOR EACH ROW WHEN (haven_actor() = 'clinician') EXECUTE FUNCTION haven_keep_case();
