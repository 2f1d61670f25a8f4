-- The words of operations: what a routine answers to a request. An answer also says, for the audit row, whose
-- data it is about and what was changed where no trigger tells it. Each word asks for the subject: that person,
-- or haven_nobody(). A routine that leaves it out is not taken (store::check_routines), and an answer is made
-- with these words alone.

-- The subject of what is about no person: prompts, figures, clinicians; or of a refusal that names none.
CREATE OR REPLACE FUNCTION haven_nobody() RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT NULL::uuid $$;

-- Who asks, where that is a person: the subject of what somebody asks about themselves.
CREATE OR REPLACE FUNCTION haven_who_asks() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT CASE haven_actor() WHEN 'user' THEN haven_actor_id() END $$;

-- A status alone: what a handler in C++ makes an answer of.
CREATE OR REPLACE FUNCTION haven_status(subject uuid, status integer) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (status, NULL, NULL, NULL, ARRAY[subject], NULL)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_ok(subject uuid, body jsonb) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (200, body, NULL, NULL, ARRAY[subject], NULL)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_created(subject uuid, body jsonb) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (201, body, NULL, NULL, ARRAY[subject], NULL)::haven_answer $$;

-- What a write answers: what GET of the thing at `place` answers at this moment, `got`; 201 where it was not there before.
-- What is written again after it was deleted does not come back.
CREATE OR REPLACE FUNCTION haven_written(subject uuid, is_new boolean, place text, got haven_answer) RETURNS haven_answer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE got.status
        WHEN 200 THEN (CASE WHEN is_new THEN 201 ELSE 200 END, got.body, place, NULL, ARRAY[subject], got.changes)::haven_answer
        WHEN 404 THEN haven_gone(subject)
        ELSE got END
$$;

-- `body` is for the server, where something remains to be done.
CREATE OR REPLACE FUNCTION haven_no_content(subject uuid, body jsonb DEFAULT NULL) RETURNS haven_answer
LANGUAGE sql IMMUTABLE AS
$$ SELECT (204, body, NULL, NULL, ARRAY[subject], NULL)::haven_answer $$;

-- What is not there is nobody's.
CREATE OR REPLACE FUNCTION haven_not_found() RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT haven_status(haven_nobody(), 404) $$;

-- The id of a write is somebody else's, which is answered as if it were not there. `subject`: whom the
-- write is about.
CREATE OR REPLACE FUNCTION haven_foreign(subject uuid) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT haven_status(subject, 404) $$;

CREATE OR REPLACE FUNCTION haven_forbidden(subject uuid, detail text) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (403, NULL, NULL, detail, ARRAY[subject], NULL)::haven_answer $$;

CREATE OR REPLACE FUNCTION haven_conflict(subject uuid, detail text) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (409, NULL, NULL, detail, ARRAY[subject], NULL)::haven_answer $$;

-- `code` is one of net/api/error_code.hpp; `passed` the limit that was passed, where it is of that kind.
CREATE OR REPLACE FUNCTION haven_invalid(subject uuid, pointer text, code text, detail text, passed numeric DEFAULT NULL)
RETURNS haven_answer LANGUAGE sql IMMUTABLE AS $$
    SELECT (422, jsonb_strip_nulls(jsonb_build_object('code', code, 'limit', passed)), pointer, detail, ARRAY[subject],
            NULL)::haven_answer
$$;

-- What somebody names in a body is not there, or none of theirs.
CREATE OR REPLACE FUNCTION haven_names_nothing(subject uuid, pointer text) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT haven_invalid(subject, pointer, 'no_such_resource', 'There is no such resource, or none of yours.') $$;

-- Of the token endpoint: an error of OAuth's and what is said of it. `body` is for the server.
CREATE OR REPLACE FUNCTION haven_denied(subject uuid, error text, description text, body jsonb DEFAULT NULL)
RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT (400, body, error, description, ARRAY[subject], NULL)::haven_answer $$;

-- What its person deleted, or what would stand below that: it is not written any more.
CREATE OR REPLACE FUNCTION haven_gone(subject uuid) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT haven_status(subject, 410) $$;

-- What was tried too often. The body is for the server: where the limit stands.
CREATE OR REPLACE FUNCTION haven_too_many(subject uuid, standing haven_standing) RETURNS haven_answer
LANGUAGE sql IMMUTABLE AS
$$ SELECT (429, to_jsonb(standing), NULL, NULL, ARRAY[subject], NULL)::haven_answer $$;

-- The entity-tag of an answer with this body: what etag_of (server/http/etag.hpp) makes of its text.
CREATE OR REPLACE FUNCTION haven_etag(body jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT '"' || left(encode(sha256(convert_to(body::text, 'UTF8')), 'hex'), 32) || '"' $$;

-- Whether what is there now is what the request was made on. Ask it of a row that is locked.
CREATE OR REPLACE FUNCTION haven_matches(asked jsonb, there jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT asked -> 'if_match' ?| ARRAY['*', haven_etag(there)] $$;

CREATE OR REPLACE FUNCTION haven_stale(subject uuid) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT haven_status(subject, 412) $$;

CREATE OR REPLACE FUNCTION haven_try_again(subject uuid) RETURNS haven_answer LANGUAGE sql IMMUTABLE AS
$$ SELECT haven_status(subject, 503) $$;

-- What a trigger refuses: nothing of the transaction stays, and the request is answered with `why`; 403
-- consent-missing for HV403, 409 for HV409. The audit row of the refusal is the subject's.
CREATE OR REPLACE FUNCTION haven_refuse(subject uuid, sqlstate_of_it text, why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = sqlstate_of_it, MESSAGE = why, DETAIL = coalesce(subject::text, '');
END $$;

-- The end of every statement that answers a request: the answer as it is, recorded. `access` is what the
-- server knows of the request (server/audit/audit.hpp). A refusal gives back the id or the key it had claimed, so that
-- the same write may be tried again: refuse before anything else is written.
CREATE OR REPLACE FUNCTION haven_answered(answer haven_answer, access jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
BEGIN
    IF answer.status >= 400 THEN
        PERFORM haven_unclaim();
    END IF;
    IF current_setting('haven.key', true) <> '' THEN
        PERFORM haven_key_answered(answer);
    END IF;
    PERFORM haven_record(answer, access);
    RETURN answer;
END $$;

-- The same of a listing: its rows, of which `shown` are on the page. It is about whom `parent` is about,
-- what it is listed below, and about the person of each item shown. Of what is long fewer are shown: no more
-- than have 2 MiB before the last of them. One row more, without its item, where others follow. Where `parent`
-- is no 200: one row, its status alone.
CREATE OR REPLACE FUNCTION haven_listed(parent haven_answer, items haven_item[], shown integer, access jsonb)
RETURNS TABLE (status integer, id uuid, page_time timestamptz, item text) LANGUAGE plpgsql AS $$
BEGIN
    IF parent.status <> 200 THEN
        PERFORM haven_record(parent, access);
        RETURN QUERY SELECT parent.status, NULL::uuid, NULL::timestamptz, NULL::text;
        RETURN;
    END IF;
    SELECT count(*) INTO shown FROM (
        SELECT listed.place, sum(octet_length(listed.item)) OVER (ORDER BY listed.place) - octet_length(listed.item) AS before
        FROM unnest(items[1:shown]) WITH ORDINALITY AS listed (id, page_time, item, person, place)) AS sized
    WHERE sized.before <= 2 * 1024 * 1024;
    parent.subjects := parent.subjects || ARRAY(
        SELECT listed.person FROM unnest(items[1:shown]) WITH ORDINALITY AS listed (id, page_time, item, person, place)
        ORDER BY listed.place);
    PERFORM haven_record(parent, access);
    RETURN QUERY
        SELECT 200, listed.id, listed.page_time, CASE WHEN listed.place <= shown THEN listed.item END
        FROM unnest(items[1:shown + 1]) WITH ORDINALITY AS listed (id, page_time, item, person, place)
        ORDER BY listed.place;
END $$;

-- Whether a list is asked for rows with such a value: ?NAME=one&NAME=another, or for all.
CREATE OR REPLACE FUNCTION haven_wanted(asked jsonb, name text, value text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT asked #> ARRAY['query', name] IS NULL OR coalesce(asked #> ARRAY['query', name] ? value, false) $$;

-- Rows that are numbered, in a list: the id of a number, and the number again.
CREATE OR REPLACE FUNCTION haven_id_of_number(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT lpad(to_hex(number), 32, '0')::uuid $$;
CREATE OR REPLACE FUNCTION haven_number_of_id(id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || right(replace(id::text, '-', ''), 16))::bit(64)::bigint $$;

CREATE OR REPLACE FUNCTION haven_event(session uuid, person uuid, type text, data jsonb)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO session_events (session_id, user_id, event_type, event_data)
    VALUES (session, person, type, data)
$$;

-- The type of an event that a person or a service may cause: agent_execution is said of services alone.
CREATE OR REPLACE FUNCTION haven_event_type() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE haven_actor() WHEN 'service' THEN 'agent_execution' ELSE 'user_interaction' END $$;

-- Whether the newest word of the person on `type` is yes, and no version that asks anew was to be agreed to by now. Each write
-- asks: in plpgsql, which keeps the plan.
CREATE OR REPLACE FUNCTION haven_consents(person uuid, type text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT consent_given AND withdrawn_at IS NULL
                            AND NOT EXISTS (SELECT FROM consent_versions AS newer
                                            WHERE newer.consent_type = type AND newer.renew_by <= now()
                                              AND newer.valid_from > consent_valid_from(type, said.consent_version))
                     FROM consent_records AS said
                     WHERE user_id = person AND said.consent_type = type
                     ORDER BY consented_at DESC, id DESC LIMIT 1), false);
END $$;

-- Since when a version is asked for; one that nobody knows is older than all.
CREATE OR REPLACE FUNCTION consent_valid_from(type text, version text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT valid_from FROM consent_versions WHERE consent_type = type AND consent_version = version),
                    '-infinity')
$$;
