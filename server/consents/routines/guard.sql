-- What follows from a consent at once, wherever it is given or withdrawn.

-- users.consent_* say the same as the newest records.
CREATE OR REPLACE FUNCTION haven_mirror_consents() RETURNS trigger LANGUAGE plpgsql
SET haven.actor = 'job' AS $$
BEGIN
    UPDATE users
    SET consent_data_processing = haven_consents(NEW.user_id, 'data_processing'),
        consent_marketing = haven_consents(NEW.user_id, 'marketing'),
        consent_emergency_contact = haven_consents(NEW.user_id, 'emergency_contact'),
        updated_at = now()
    WHERE id = NEW.user_id
      AND (consent_data_processing, consent_marketing, consent_emergency_contact)
          IS DISTINCT FROM (haven_consents(NEW.user_id, 'data_processing'),
                            haven_consents(NEW.user_id, 'marketing'),
                            haven_consents(NEW.user_id, 'emergency_contact'));
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mirror_consents AFTER INSERT OR UPDATE ON consent_records
    FOR EACH ROW EXECUTE FUNCTION haven_mirror_consents();

-- Nothing of a person's health is written, by them or by a service for them, without their consent to
-- the processing of their data. SQLSTATE HV403 is answered 403 consent-missing. Clinicians and the
-- server's own work end what was begun.
CREATE OR REPLACE FUNCTION haven_refuse_without_consent(person uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT haven_consents(person, 'data_processing') THEN
        PERFORM haven_refuse(person, 'HV403', 'The person does not consent to the processing of their data.');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION haven_need_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_refuse_without_consent(NEW.user_id);
    RETURN NEW;
END $$;

-- For tables that know the person by the session alone.
CREATE OR REPLACE FUNCTION haven_need_consent_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_refuse_without_consent((SELECT user_id FROM sessions
                                          WHERE id = NEW.session_id));
    RETURN NEW;
END $$;

-- First of a row's triggers, by its name.
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['sessions', 'session_events', 'session_intents', 'exercises',
                                   'exercise_artifacts', 'reflections', 'safety_screenings',
                                   'crisis_logs', 'vr_sessions', 'bilateral_drawings',
                                   'agent_outputs', 'trace_chunks', 'session_feedback', 'artifact_drafts',
                                   'artifact_draft_versions', 'artifact_versions'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER a_consent BEFORE INSERT OR UPDATE ON %I'
                       ' FOR EACH ROW WHEN (haven_actor() IN (''user'', ''service''))'
                       ' EXECUTE FUNCTION haven_need_consent()', guarded);
    END LOOP;
    EXECUTE 'CREATE OR REPLACE TRIGGER a_consent BEFORE INSERT OR UPDATE ON mcp_tool_calls'
            ' FOR EACH ROW WHEN (haven_actor() IN (''user'', ''service''))'
            ' EXECUTE FUNCTION haven_need_consent_of_session()';
END $$;
