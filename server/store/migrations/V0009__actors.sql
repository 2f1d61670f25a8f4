-- Who acts, and what PostgreSQL lets each of them see.
--
-- Every transaction of the server begins with a context: SET LOCAL ROLE haven_app, and who speaks
-- (haven.actor and its id and role). Row-level security is forced on every table: without a context
-- there are no rows. The owner of the tables only migrates.

DO $$
DECLARE
    wanted text;
BEGIN
    -- Roles belong to the cluster: another database's migration may be making them at this moment.
    FOREACH wanted IN ARRAY ARRAY['haven_app', 'haven_readonly'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
    IF NOT pg_has_role(current_user, 'haven_app', 'MEMBER') THEN
        EXECUTE format('GRANT haven_app TO %I', current_user);
    END IF;
END $$;

CREATE FUNCTION haven_actor() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('haven.actor', true), '') $$;

CREATE FUNCTION haven_actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('haven.actor_id', true), '')::uuid $$;

CREATE FUNCTION haven_actor_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('haven.actor_role', true), '') $$;

-- Programs that speak for themselves: the web application's server side, the agents.
CREATE TABLE services (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(50) UNIQUE NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]*$'),
    status VARCHAR(20) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

-- Which clinician cares for whom.
CREATE TABLE clinician_assignments (
    clinician_id UUID NOT NULL REFERENCES clinicians(id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    assigned_by UUID REFERENCES clinicians(id) ON DELETE SET NULL,
    assigned_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    ended_at TIMESTAMPTZ CHECK (ended_at >= assigned_at),
    PRIMARY KEY (clinician_id, user_id, assigned_at)
);
CREATE UNIQUE INDEX idx_clinician_assignments_active ON clinician_assignments(clinician_id, user_id)
    WHERE ended_at IS NULL;
CREATE INDEX idx_clinician_assignments_user_id ON clinician_assignments(user_id);
CREATE INDEX idx_clinician_assignments_assigned_by ON clinician_assignments(assigned_by)
    WHERE assigned_by IS NOT NULL;

-- A token is one user's, one clinician's or one service's.
ALTER TABLE access_tokens
    ALTER COLUMN user_id DROP NOT NULL,
    ADD COLUMN clinician_id UUID REFERENCES clinicians(id) ON DELETE CASCADE,
    ADD COLUMN service_id UUID REFERENCES services(id) ON DELETE CASCADE,
    ADD CONSTRAINT access_tokens_one_bearer CHECK (num_nonnulls(user_id, clinician_id, service_id) = 1);
CREATE INDEX idx_access_tokens_clinician_id ON access_tokens(clinician_id)
    WHERE clinician_id IS NOT NULL;
CREATE INDEX idx_access_tokens_service_id ON access_tokens(service_id) WHERE service_id IS NOT NULL;

-- A receipt is whoever wrote's.
ALTER TABLE write_receipts ALTER COLUMN user_id DROP NOT NULL, ADD COLUMN actor_id UUID;
UPDATE write_receipts SET actor_id = user_id;
ALTER TABLE write_receipts
    ALTER COLUMN actor_id SET NOT NULL,
    ALTER COLUMN actor_id SET DEFAULT haven_actor_id();

-- Addresses are kept in lower case: a lookup compares them as they are, which row-level security
-- lets an index do (lower() is not leakproof).
UPDATE users SET email = lower(email) WHERE email <> lower(email);
UPDATE clinicians SET email = lower(email) WHERE email <> lower(email);
ALTER TABLE users ADD CONSTRAINT users_email_lower_check CHECK (email = lower(email));
ALTER TABLE clinicians ADD CONSTRAINT clinicians_email_lower_check CHECK (email = lower(email));
DROP INDEX users_email_lower_key;
DROP INDEX clinicians_email_lower_key;

-- What a service does has no user of its own: the audit row names it.
ALTER TABLE audit_logs ADD COLUMN service_id UUID REFERENCES services(id) ON DELETE SET NULL;
CREATE INDEX idx_audit_logs_service_id ON audit_logs(service_id) WHERE service_id IS NOT NULL;

CREATE OR REPLACE FUNCTION haven_keep_audit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unlinked audit_logs%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        unlinked := OLD;
        IF NEW.user_id IS NULL THEN
            unlinked.user_id := NULL;
        END IF;
        IF NEW.clinician_id IS NULL THEN
            unlinked.clinician_id := NULL;
        END IF;
        IF NEW.service_id IS NULL THEN
            unlinked.service_id := NULL;
        END IF;
        IF NEW IS NOT DISTINCT FROM unlinked THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_logs is append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- The one policy of a table, in both directions.
CREATE FUNCTION haven_protect_by(protected regclass, visible text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS haven_rows ON %s', protected);
    EXECUTE format('CREATE POLICY haven_rows ON %s USING (%s)', protected, visible);
END $$;

SELECT haven_protect_by('clinician_assignments', $$
    CASE (SELECT haven_actor())
        WHEN 'user' THEN user_id = (SELECT haven_actor_id())
        WHEN 'clinician' THEN clinician_id = (SELECT haven_actor_id())
                              OR (SELECT haven_actor_role()) = 'supervisor'
        ELSE coalesce((SELECT haven_actor()) = 'job', false) END $$);

-- Whether the clinician who asks cares for the person.
CREATE FUNCTION haven_cares_for(person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT haven_actor() = 'clinician'
       AND (haven_actor_role() = 'supervisor'
            OR EXISTS (SELECT FROM clinician_assignments
                       WHERE clinician_id = haven_actor_id() AND user_id = person
                         AND ended_at IS NULL))
$$;

-- A user's rows are those for which `own` holds; of a clinician, where listed, those of people they
-- care for, or all of them where the table has no user_id; the other actors listed have all of them.
CREATE FUNCTION haven_protect(protected regclass, own text, others text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    has_user boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = protected
                                AND attname = 'user_id' AND NOT attisdropped);
BEGIN
    PERFORM haven_protect_by(protected, format(
        'CASE (SELECT haven_actor()) WHEN ''user'' THEN %s WHEN ''clinician'' THEN %s'
        ' ELSE coalesce((SELECT haven_actor()) = ANY (%L::text[]), false) END',
        coalesce(own, 'false'),
        CASE WHEN NOT 'clinician' = ANY (others) THEN 'false'
             WHEN has_user THEN '(SELECT haven_actor_role()) = ''supervisor'' OR haven_cares_for(user_id)'
             ELSE 'true' END,
        array_remove(others, 'clinician')));
END $$;

DO $$
DECLARE
    own_rows constant text := 'user_id = (SELECT haven_actor_id())';
    journal text;
BEGIN
    FOREACH journal IN ARRAY ARRAY['sessions', 'session_events', 'session_intents', 'exercises',
                                   'reflections', 'user_progress', 'safety_screenings', 'crisis_logs',
                                   'vr_sessions', 'bilateral_drawings', 'agent_outputs'] LOOP
        PERFORM haven_protect(journal::regclass, own_rows, '{clinician,service,job}');
    END LOOP;
    PERFORM haven_protect('exercise_artifacts', own_rows, '{clinician,job}');
    PERFORM haven_protect('notifications', own_rows, '{service,clinician,job}');
    PERFORM haven_protect('consent_records', own_rows, '{gate,service,job}');
    PERFORM haven_protect('trace_chunks', own_rows, '{job}');
    -- Nobody's in particular.
    PERFORM haven_protect('clinicians', NULL, '{clinician,gate,job}');
    PERFORM haven_protect('services', NULL, '{gate,job}');
    PERFORM haven_protect('hitl_escalations', NULL, '{clinician,service,job}');
    PERFORM haven_protect('tts_cache', NULL, '{service,job}');
    PERFORM haven_protect('prompt_registry', NULL, '{clinician,service,job}');
    PERFORM haven_protect('daily_metrics', NULL, '{clinician,service,job}');
END $$;

SELECT haven_protect_by('users', $$
    CASE (SELECT haven_actor()) WHEN 'user' THEN id = (SELECT haven_actor_id())
                                WHEN 'clinician' THEN (SELECT haven_actor_role()) = 'supervisor'
                                                    OR haven_cares_for(id)
                                ELSE coalesce((SELECT haven_actor()) IN ('gate', 'job'), false) END $$);
-- Tool calls have no user_id: they follow their session.
SELECT haven_protect_by('mcp_tool_calls', $$
    coalesce((SELECT haven_actor()) IN ('service', 'job'), false)
    OR EXISTS (SELECT FROM sessions WHERE sessions.id = session_id) $$);
SELECT haven_protect_by('access_tokens', $$
    coalesce((SELECT haven_actor()) IN ('gate', 'job'), false)
    OR coalesce((SELECT haven_actor_id()) IN (user_id, clinician_id, service_id), false) $$);
SELECT haven_protect_by('write_receipts', $$
    actor_id = (SELECT haven_actor_id()) OR coalesce((SELECT haven_actor()) = 'job', false) $$);
-- Every access is recorded, whoever's it is; the record is read by those whom it concerns.
SELECT haven_protect_by('audit_logs', $$
    CASE (SELECT haven_actor()) WHEN 'user' THEN user_id = (SELECT haven_actor_id())
                                WHEN 'clinician' THEN (SELECT haven_actor_role()) = 'supervisor'
                                ELSE coalesce((SELECT haven_actor()) = 'job', false) END $$);
CREATE POLICY haven_record ON audit_logs FOR INSERT WITH CHECK ((SELECT haven_actor()) IS NOT NULL);

GRANT USAGE ON SCHEMA public TO haven_app, haven_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO haven_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO haven_readonly;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO haven_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO haven_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO haven_readonly;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO haven_app;
REVOKE ALL ON schema_migrations FROM haven_app, haven_readonly;
GRANT SELECT ON schema_migrations TO haven_app;
REVOKE UPDATE, DELETE, TRUNCATE ON audit_logs FROM haven_app;
-- The secrets of others are nothing for a reader.
REVOKE ALL ON access_tokens, write_receipts, trace_chunks FROM haven_readonly;

-- Partitions are made by the owner, whoever asks.
ALTER FUNCTION haven_create_partition(text, text, text, timestamptz, timestamptz)
    SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION haven_cover_range(text, text, text, timestamptz, timestamptz)
    SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION haven_ensure_partitions(integer, timestamptz)
    SECURITY DEFINER SET search_path = public, pg_temp;

-- What one SQL statement answers to a request (server/http/operation.hpp).
CREATE TYPE haven_answer AS (status integer, body jsonb, pointer text, detail text);
