-- The words of operations: what a routine answers to a request.

CREATE OR REPLACE FUNCTION haven_ok(body jsonb) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (200, body, NULL, NULL)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_created(body jsonb) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (201, body, NULL, NULL)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_no_content() RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (204, NULL, NULL, NULL)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_not_found() RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (404, NULL, NULL, NULL)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_forbidden(detail text) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (403, NULL, NULL, detail)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_conflict(detail text) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (409, NULL, NULL, detail)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_invalid(pointer text, detail text) RETURNS haven_answer
LANGUAGE sql IMMUTABLE AS
$$ SELECT (422, NULL, pointer, detail)::haven_answer $$;

-- The answer as it is, told to the audit row on its way. A refusal gives back the id it had claimed,
-- so that the same write may be tried again: refuse before anything else is written.
CREATE OR REPLACE FUNCTION haven_answered(answer haven_answer) RETURNS haven_answer
LANGUAGE plpgsql AS $$
BEGIN
    IF answer.status >= 400 THEN
        DELETE FROM write_receipts
        WHERE resource_id = nullif(current_setting('haven.claimed', true), '')::uuid
          AND xmin = pg_current_xact_id()::xid;
    END IF;
    PERFORM set_config('haven.status', answer.status::text, true);
    RETURN answer;
END $$;

-- Whose data was touched, when it is not that of the user who asks. For the audit row.
CREATE OR REPLACE FUNCTION haven_subject(person uuid) RETURNS void LANGUAGE sql AS
$$ SELECT set_config('haven.subject', coalesce(person::text, ''), true) $$;

-- The same of each item of a listing over several people.
CREATE OR REPLACE FUNCTION haven_saw(person uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    seen constant text := coalesce(current_setting('haven.subject', true), '');
BEGIN
    IF person IS NOT NULL AND strpos(seen, person::text) = 0 THEN
        PERFORM set_config('haven.subject', concat_ws(',', nullif(seen, ''), person), true);
    END IF;
END $$;

-- The people an audit row is about: who asks for themselves, or whose data was touched. One NULL where
-- it was nobody's.
CREATE OR REPLACE FUNCTION haven_subjects(asking uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT asking WHERE asking IS NOT NULL
    UNION ALL
    SELECT words::uuid
    FROM regexp_split_to_table(coalesce(current_setting('haven.subject', true), ''), ',') AS words
    WHERE asking IS NULL AND words <> ''
    UNION ALL
    SELECT NULL WHERE asking IS NULL AND coalesce(current_setting('haven.subject', true), '') = ''
$$;

CREATE OR REPLACE FUNCTION haven_event(session uuid, person uuid, type text, data jsonb)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    VALUES (session, person, type, data)
$$;

-- Whether the newest word of the person on `type` is yes.
CREATE OR REPLACE FUNCTION haven_consents(person uuid, type text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT consent_given AND withdrawn_at IS NULL FROM consent_records
                     WHERE user_id = person AND consent_type = type
                     ORDER BY consented_at DESC, id DESC LIMIT 1), false)
$$;
