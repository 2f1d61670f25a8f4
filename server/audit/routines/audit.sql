-- The record of accesses, and its reading.

-- The row of an access, one for each person it is about: who asks for themselves, or those whom the answer names;
-- and each of whom something was changed. One without a person where it is about nobody. What was changed is the
-- triggers' word and the answer's own: names of states and of fields, never what a person wrote; a person's row
-- tells what was changed of theirs, and of nobody's in particular. The server knows by this function's name that
-- it was the record that failed.
CREATE OR REPLACE FUNCTION haven_record(answer haven_answer, access jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    named constant uuid[] := CASE WHEN haven_who_asks() IS NOT NULL THEN ARRAY[haven_who_asks()] ELSE answer.subjects END;
    people constant uuid[] := ARRAY(
        SELECT about.person
        FROM (SELECT person, place FROM unnest(named) WITH ORDINALITY AS subject (person, place)
              UNION ALL SELECT person, cardinality(named) + place FROM haven_told()) AS about (person, place)
        WHERE about.person IS NOT NULL GROUP BY about.person ORDER BY min(about.place));
BEGIN
    IF answer.status IS NULL OR coalesce(cardinality(answer.subjects), 0) = 0 THEN
        RAISE EXCEPTION 'An answer says neither whom it is about nor that it is about nobody.';
    END IF;
    INSERT INTO audit_logs (user_id, clinician_id, service_id, action, resource_type, resource_id, ip_address,
                            user_agent, request_method, request_path, response_status, is_phi_access,
                            phi_access_reason, request_id, changes_made)
    WITH told AS (SELECT person, array_agg(entry ORDER BY place) AS entries FROM haven_told() GROUP BY person)
    SELECT about.person, CASE haven_actor() WHEN 'clinician' THEN haven_actor_id() END,
           CASE haven_actor() WHEN 'service' THEN haven_actor_id() END,
           access ->> 'action', access ->> 'resource_type', (access ->> 'resource_id')::uuid,
           (access ->> 'ip_address')::inet, access ->> 'user_agent', access ->> 'method', access ->> 'path',
           answer.status, (access ->> 'is_phi_access')::boolean, access ->> 'phi_access_reason',
           access ->> 'request_id',
           nullif(coalesce(haven_changes_in(nobodys.entries || theirs.entries), '{}') || coalesce(answer.changes, '{}'), '{}')
    FROM unnest(CASE people WHEN '{}' THEN ARRAY[NULL::uuid] ELSE people END) WITH ORDINALITY AS about (person, place)
    LEFT JOIN told AS theirs ON theirs.person = about.person
    LEFT JOIN told AS nobodys ON nobodys.person IS NULL
    ORDER BY about.place;
END $$;

-- Before and after of every row that a request changes in one of the tables below, for its audit row. Only columns
-- that hold a code, a number, a time or an id may be named by the trigger; of the others it is said that they
-- changed. A trigger has no answer to put it in: until the record it stands in haven.changes, a line for each change of a
-- row, {"table", "id", "person", "changed"}, which nothing else writes, and haven_told() reads.
CREATE OR REPLACE FUNCTION haven_tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    known constant jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    becomes constant jsonb := to_jsonb(NEW);
    told jsonb;
BEGIN
    SELECT jsonb_object_agg(key, CASE WHEN key = ANY (TG_ARGV)
                                      THEN jsonb_build_object('before', known -> key, 'after', value)
                                      ELSE '"changed"' END)
    INTO told
    FROM jsonb_each(becomes)
    WHERE value IS DISTINCT FROM coalesce(known -> key, 'null') AND key NOT IN ('id', 'updated_at', 'created_at')
      AND key NOT LIKE 'folded\_%'; -- of another column
    IF told IS NOT NULL THEN
        PERFORM set_config('haven.changes', concat_ws(
            E'\n', nullif(current_setting('haven.changes', true), ''),
            jsonb_build_object(
                'table', TG_TABLE_NAME, 'id', becomes -> 'id', 'changed', told,
                'person', CASE TG_TABLE_NAME
                              WHEN 'users' THEN becomes ->> 'id'
                              WHEN 'hitl_escalations' THEN haven_person_of_session((becomes ->> 'session_id')::uuid)::text
                              ELSE becomes ->> 'user_id' END)), true);
    END IF;
    RETURN NULL;
END $$;

-- What the triggers have told in this transaction: whose it is, NULL for nobody's.
CREATE OR REPLACE FUNCTION haven_told() RETURNS TABLE (place bigint, person uuid, entry jsonb) LANGUAGE sql STABLE AS $$
    SELECT told.place, (told.line::jsonb ->> 'person')::uuid, told.line::jsonb
    FROM string_to_table(nullif(current_setting('haven.changes', true), ''), E'\n') WITH ORDINALITY AS told (line, place)
$$;

-- The same as an audit row has it: {"TABLE": {"COLUMN": {"before": ..., "after": ...}}}; where several rows of a
-- table were changed, a list in place of the columns, with each row's id. NULL: nothing was changed.
CREATE OR REPLACE FUNCTION haven_changes_in(entries jsonb[]) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT AS $$
    WITH cells AS (
        SELECT entry ->> 'table' AS of_table, entry -> 'id' AS id, coalesce(entry ->> 'id', told.place::text) AS of_row,
               key, min(told.place) AS place, (array_agg(value ORDER BY told.place))[1] AS first,
               (array_agg(value ORDER BY told.place DESC))[1] AS last
        FROM unnest(entries) WITH ORDINALITY AS told (entry, place), jsonb_each(entry -> 'changed')
        GROUP BY 1, 2, 3, 4
    ), changed AS (
        SELECT of_table, id, min(place) AS place, jsonb_object_agg(
                   key, CASE jsonb_typeof(last) WHEN 'object' THEN first || jsonb_build_object('after', last -> 'after')
                                                ELSE last END) AS columns
        FROM cells GROUP BY of_table, id, of_row
    )
    SELECT jsonb_object_agg(of_table, told)
    FROM (SELECT of_table, CASE count(*) WHEN 1 THEN (array_agg(columns))[1]
                                         ELSE jsonb_agg(haven_said(jsonb_build_object('id', id)) || columns ORDER BY place)
                           END AS told
          FROM changed GROUP BY of_table) AS by_table
$$;

-- All of it: of a row that is written beside haven_record. The triggers of an older build, where it has brought
-- back its own, tell one object as it is.
CREATE OR REPLACE FUNCTION haven_all_changes() RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT coalesce(haven_changes_in(array_agg(entry ORDER BY place)), (array_agg(entry))[1]) FROM haven_told() $$;

-- The DEFAULT of every audit row's changes_made: an expression alone, which costs a row of which nothing was told nothing.
CREATE OR REPLACE FUNCTION haven_changes() RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN current_setting('haven.changes', true) <> '' THEN haven_all_changes() END $$;

CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE ON users FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('status', 'preferred_language', 'time_zone');
CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR UPDATE ON clinicians FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('role', 'status', 'preferred_language', 'last_login_at');
CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR UPDATE ON clinician_assignments FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('clinician_id', 'user_id', 'assigned_at', 'ended_at');
CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR UPDATE ON consent_records FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('consent_type', 'consent_version', 'consent_given', 'withdrawn_at');
CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE ON access_tokens FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('revoked_at');
CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE OF revoked_at ON token_families FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('revoked_at', 'revoked_why');
CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR UPDATE ON services FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('status', 'scopes');
CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE ON sessions FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('status', 'safety_status', 'requires_hitl_review', 'completed_at',
                                       'duration_minutes', 'hitl_reviewed_at', 'hitl_reviewer_id');
CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE ON exercises FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('status', 'completed_at', 'duration_minutes');
CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE ON hitl_escalations FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('review_status', 'priority', 'required_role', 'review_deadline',
                                       'assigned_to_clinician_id', 'assigned_at', 'claim_expires_at', 'reviewed_at',
                                       'clinician_action', 'revision');
CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE ON crisis_logs FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('escalation_status', 'user_acknowledged', 'acknowledged_at',
                                       'resolved_at', 'resolved_by');
CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE ON notifications FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('read', 'read_at', 'status');
CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR UPDATE ON session_feedback FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change();

-- An entry for the person it is about: who by role, when, what and why. Whence only if they were it
-- themselves.
CREATE OR REPLACE FUNCTION audit_item_for_user(entry audit_logs) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', entry.id,
        'timestamp', haven_utc(entry."timestamp"),
        'actor', CASE WHEN entry.clinician_id IS NOT NULL OR entry.actor = 'clinician' THEN 'your clinician'
                      WHEN entry.service_id IS NOT NULL OR entry.actor = 'service' THEN 'a service'
                      WHEN entry.actor = 'job' THEN 'the server'
                      ELSE 'you' END,
        'action', entry.action,
        'resource_type', entry.resource_type,
        'resource_id', entry.resource_id,
        'response_status', entry.response_status,
        'is_phi_access', entry.is_phi_access,
        'phi_access_reason', entry.phi_access_reason,
        'ip_address', CASE WHEN themselves THEN host(entry.ip_address) END,
        'user_agent', CASE WHEN themselves THEN entry.user_agent END)
    FROM (SELECT entry.clinician_id IS NULL AND entry.service_id IS NULL
                 AND coalesce(entry.actor, 'user') IN ('user', 'gate') AS themselves) AS whose
$$;

-- An entry for who oversees.
CREATE OR REPLACE FUNCTION audit_item(entry audit_logs) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN haven_actor() = 'user' THEN audit_item_for_user(entry)
                ELSE to_jsonb(entry) || jsonb_build_object(
                         'timestamp', haven_utc(entry."timestamp"), 'ip_address', host(entry.ip_address)) END
$$;

-- The entries between two places. Made for what was asked: with times that the planner sees, the months outside of
-- them are not looked at; and a condition that was not asked for does not stand in an index's way. It is read from the
-- end that is asked for, in steps that grow while entries are missing: most that is asked for is near it, and each month
-- planned for costs.
CREATE OR REPLACE FUNCTION audit_entries(after_time timestamptz, after_id uuid, before_time timestamptz, before_id uuid,
                                         items integer, asked jsonb)
RETURNS TABLE (id uuid, page_time timestamptz, item jsonb) LANGUAGE plpgsql AS $$
DECLARE
    query constant jsonb := asked -> 'query';
    person constant uuid := CASE WHEN haven_actor() = 'user' THEN haven_actor_id()
                                 ELSE (query ->> 'user_id')::uuid END;
    newest constant boolean := query ->> 'sort' = 'newest';
    -- Nothing is older than the first entry; what is later than tomorrow is no entry's time.
    earliest constant timestamptz := CASE WHEN newest OR after_time > '-infinity' THEN after_time
                                          ELSE coalesce(audit_begins(person), after_time) END;
    latest constant timestamptz := least(before_time + interval '1 microsecond', now() + interval '1 day');
    step_begins timestamptz := earliest;
    step_ends timestamptz := latest;
    span interval := interval '32 days';
    missing integer := items + 1;
    found_now integer;
    wanted constant text :=
        'SELECT haven_id_of_number(entry.id), entry."timestamp", audit_item(entry)'
        ' FROM audit_logs AS entry WHERE true'
        || CASE WHEN person IS NOT NULL THEN format(' AND user_id = %L', person) ELSE '' END
        -- A person asks for nobody else's, and not for a clinician by name.
        || CASE WHEN haven_actor() = 'user'
                     AND (query ? 'clinician_id' OR query ->> 'user_id' <> person::text)
                THEN ' AND false' ELSE '' END
        || CASE WHEN query ? 'clinician_id'
                THEN format(' AND clinician_id = %L', query ->> 'clinician_id') ELSE '' END
        || CASE WHEN query ? 'action' THEN format(' AND action = %L', query ->> 'action') ELSE '' END
        || CASE WHEN query ->> 'phi_only' = 'true' THEN ' AND is_phi_access' ELSE '' END
        || format(' AND (entry."timestamp", entry.id) > (%L::timestamptz, %L::bigint)', after_time, haven_number_of_id(after_id))
        || format(' AND (entry."timestamp", entry.id) < (%L::timestamptz, %L::bigint)', before_time, haven_number_of_id(before_id));
    in_order constant text := CASE WHEN newest THEN 'DESC' ELSE 'ASC' END;
BEGIN
    LOOP
        IF span > interval '8 years' THEN
            NULL; -- all that is left
        ELSIF newest THEN
            step_begins := greatest(step_ends - span, earliest);
        ELSE
            step_ends := least(step_begins + span, latest);
        END IF;
        RETURN QUERY EXECUTE wanted
            || format(' AND "timestamp" >= %L::timestamptz AND "timestamp" < %L::timestamptz', step_begins, step_ends)
            || format(' ORDER BY entry."timestamp" %1$s, entry.id %1$s LIMIT %2$L::integer', in_order, missing);
        GET DIAGNOSTICS found_now = ROW_COUNT;
        missing := missing - found_now;
        EXIT WHEN missing <= 0 OR (newest AND step_begins <= earliest) OR (NOT newest AND step_ends >= latest);
        IF newest THEN
            step_ends := step_begins;
            step_begins := earliest;
        ELSE
            step_begins := step_ends;
            step_ends := latest;
        END IF;
        span := span * 6;
    END LOOP;
END $$;

-- When the first entry was made: a person's, or any.
CREATE OR REPLACE FUNCTION audit_begins(person uuid) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF person IS NULL THEN
        RETURN (SELECT min("timestamp") FROM audit_logs);
    END IF;
    RETURN (SELECT min("timestamp") FROM audit_logs WHERE user_id = person);
END $$;
