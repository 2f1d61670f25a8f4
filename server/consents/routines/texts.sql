-- The words of consents, by version. A version is put whole and never changed; the newest that has begun is in force.

-- The version in force at a moment; NULL: none.
CREATE OR REPLACE FUNCTION consent_in_force(type text, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT consent_version FROM consent_versions WHERE consent_type = type AND valid_from <= at
    ORDER BY valid_from DESC, consent_version DESC LIMIT 1
$$;

-- Its words in the language: in its form without a country, in English, or in whichever there is, where it is not there.
CREATE OR REPLACE FUNCTION consent_text_in(type text, version text, wanted text) RETURNS consent_texts LANGUAGE sql STABLE AS $$
    SELECT * FROM consent_texts
    WHERE consent_type = type AND consent_version = version
    ORDER BY language = lower(wanted) DESC, language = split_part(lower(wanted), '-', 1) DESC, language = 'en' DESC, language
    LIMIT 1
$$;

-- Whether who agreed to a version is to be asked anew, and the moment from which their yes does not count; NULL: none is set.
CREATE OR REPLACE FUNCTION consent_renewal(type text, version text, OUT due boolean, OUT by timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT count(*) > 0, min(renew_by) FROM consent_versions
    WHERE consent_type = type AND asks_anew AND valid_from <= now() AND valid_from > consent_valid_from(type, version)
$$;

CREATE OR REPLACE FUNCTION consent_version_json(known consent_versions) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('consent_type', known.consent_type, 'consent_version', known.consent_version,
                              'valid_from', haven_utc(known.valid_from), 'asks_anew', known.asks_anew,
                              'renew_by', haven_utc(known.renew_by))
$$;

CREATE OR REPLACE FUNCTION consent_text_json(words consent_texts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('language', words.language, 'consent_text', words.consent_text, 'sha256', words.sha256)
$$;

CREATE OR REPLACE FUNCTION consent_version_whole(known consent_versions) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT consent_version_json(known) || jsonb_build_object(
        'texts', coalesce(jsonb_agg(consent_text_json(consent_texts) ORDER BY language), '[]'))
    FROM consent_texts
    WHERE consent_type = known.consent_type AND consent_version = known.consent_version
$$;

-- GET /v1/consent-texts: of each matter, or of one, what is in force, in one language.
CREATE OR REPLACE FUNCTION consent_texts_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_nobody(), jsonb_build_object(
        'items', coalesce(jsonb_agg(consent_version_json(known) || consent_text_json(words) ORDER BY known.consent_type), '[]')))
    FROM consent_versions AS known,
         consent_text_in(known.consent_type, known.consent_version, coalesce(asked #>> '{query,language}', 'en')) AS words
    WHERE known.consent_type = coalesce(asked #>> '{query,consent_type}', known.consent_type)
      AND known.consent_version = consent_in_force(known.consent_type, now()) AND words.language IS NOT NULL
$$;

-- GET /v1/consent-texts/{consent_type}/{consent_version}: one version, in every language.
CREATE OR REPLACE FUNCTION consent_text_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(haven_nobody(), consent_version_whole(known)) FROM consent_versions AS known
                     WHERE known.consent_type = asked #>> '{path,consent_type}'
                       AND known.consent_version = asked #>> '{path,consent_version}'), haven_not_found())
$$;

-- What is wrong with a new version, if anything. `others_until` is when the newest other of the matter begins.
CREATE OR REPLACE FUNCTION consent_version_fault(wanted consent_versions, languages text[], others_until timestamptz)
RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN wanted.valid_from NOT BETWEEN now() - interval '5 minutes' AND now() + interval '2 years'
        THEN haven_invalid(haven_nobody(), '/valid_from', CASE WHEN wanted.valid_from < now() THEN 'too_small' ELSE 'too_large' END,
                           'must be from now on, within two years')
        WHEN wanted.valid_from <= others_until
        THEN haven_invalid(haven_nobody(), '/valid_from', 'too_small', 'must be after every other version of this matter begins')
        WHEN wanted.renew_by IS NOT NULL AND NOT wanted.asks_anew
        THEN haven_invalid(haven_nobody(), '/renew_by', 'not_allowed', 'is for a version that asks anew')
        WHEN wanted.renew_by NOT BETWEEN wanted.valid_from + interval '14 days' AND wanted.valid_from + interval '10 years'
        THEN haven_invalid(haven_nobody(), '/renew_by',
                           CASE WHEN wanted.renew_by < wanted.valid_from + interval '1 year' THEN 'too_small' ELSE 'too_large' END,
                           'must leave people two weeks at least, and ten years at most')
        WHEN NOT 'en' = ANY (languages) THEN haven_invalid(haven_nobody(), '/texts', 'required', 'must have one in English (en)')
        WHEN (SELECT count(DISTINCT language) FROM unnest(languages) AS language) < cardinality(languages)
        THEN haven_invalid(haven_nobody(), '/texts', 'not_unique', 'must have each language once') END
$$;

-- PUT /v1/consent-texts/{consent_type}/{consent_version}, by a supervisor.
CREATE OR REPLACE FUNCTION consent_text_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    type constant text := asked #>> '{path,consent_type}';
    version constant text := asked #>> '{path,consent_version}';
    place constant text := format('/v1/consent-texts/%s/%s', type, version);
    wanted consent_versions := jsonb_populate_record(NULL::consent_versions, body);
    said constant consent_texts[] := ARRAY(
        SELECT ROW(type, version, lower(words ->> 'language'), words ->> 'consent_text',
                   encode(sha256(convert_to(words ->> 'consent_text', 'UTF8')), 'hex'))::consent_texts
        FROM jsonb_array_elements(body -> 'texts') AS words ORDER BY lower(words ->> 'language') COLLATE "C");
    known consent_versions%ROWTYPE;
    answer haven_answer;
BEGIN
    IF type <> ALL ('{data_processing,marketing,emergency_contact,research,motion_trace}')
       OR version !~ '^[A-Za-z0-9._-]{1,20}$' THEN
        RETURN haven_not_found();
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('haven consent texts', 0)); -- one after the other
    SELECT * INTO known FROM consent_versions WHERE consent_type = type AND consent_version = version;
    IF FOUND THEN
        IF (known.valid_from, known.asks_anew, known.renew_by)
           IS DISTINCT FROM (wanted.valid_from, coalesce(wanted.asks_anew, false), wanted.renew_by)
           OR said IS DISTINCT FROM ARRAY(SELECT consent_texts FROM consent_texts
                                          WHERE consent_type = type AND consent_version = version
                                          ORDER BY language COLLATE "C") THEN
            RETURN haven_conflict(haven_nobody(), 'A version is never changed: put the next one.');
        END IF;
        RETURN haven_written(haven_nobody(), false, place, consent_text_get(NULL, NULL, asked));
    END IF;
    wanted.asks_anew := coalesce(wanted.asks_anew, false);
    answer := consent_version_fault(wanted, ARRAY(SELECT language FROM unnest(said)),
                                    (SELECT max(valid_from) FROM consent_versions WHERE consent_type = type));
    IF answer.status IS NOT NULL THEN
        RETURN answer;
    END IF;
    INSERT INTO consent_versions (consent_type, consent_version, valid_from, asks_anew, renew_by)
    VALUES (type, version, wanted.valid_from, wanted.asks_anew, wanted.renew_by)
    RETURNING * INTO known;
    INSERT INTO consent_texts SELECT * FROM unnest(said);
    answer := haven_written(haven_nobody(), true, place, consent_text_get(NULL, NULL, asked));
    answer.changes := jsonb_build_object('consent_type', type, 'consent_version', version);
    RETURN answer;
END $$;

-- users.consent_* follow where a yes has ceased to count.
CREATE OR REPLACE FUNCTION haven_job_lapse_consents() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    lapsed bigint := 0;
BEGIN
    IF EXISTS (SELECT FROM consent_versions WHERE renew_by BETWEEN now() - interval '1 day' AND now()) THEN
        UPDATE users
        SET consent_data_processing = haven_consents(id, 'data_processing'),
            consent_marketing = haven_consents(id, 'marketing'),
            consent_emergency_contact = haven_consents(id, 'emergency_contact'), updated_at = now()
        WHERE (consent_data_processing, consent_marketing, consent_emergency_contact)
              IS DISTINCT FROM (haven_consents(id, 'data_processing'), haven_consents(id, 'marketing'),
                                haven_consents(id, 'emergency_contact'));
        GET DIAGNOSTICS lapsed = ROW_COUNT;
    END IF;
    RETURN lapsed;
END $$;
