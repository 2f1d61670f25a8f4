-- Consents: what a person agrees to, in which words, when, and until when. Nothing is overwritten: a
-- new word is a new row, and the newest counts (haven_consents).

CREATE OR REPLACE FUNCTION consent_json(record consent_records) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(record) || jsonb_build_object(
        'ip_address', host(record.ip_address), 'consented_at', haven_utc(record.consented_at),
        'withdrawn_at', haven_utc(record.withdrawn_at))
$$;

-- PUT /v1/consents/{id}. `body` is {"said": the request's body, "ip_address", "user_agent"}.
CREATE OR REPLACE FUNCTION consent_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := body -> 'said';
    person constant uuid := haven_actor_id();
    type constant text := said ->> 'consent_type';
    version constant text := said ->> 'consent_version';
    given constant boolean := (said ->> 'consent_given')::boolean;
    claim constant text := haven_claim('consent', id, said, asked);
    words text := said ->> 'consent_text';
    at timestamptz;
BEGIN
    IF claim <> 'new' THEN
        RETURN haven_claimed(person, claim, '/v1/consents/' || id, consent_get(id, NULL, asked),
                             'This word was given before with other content.');
    END IF;
    -- A yes is to words that are here; a no is taken, whatever it is to.
    IF given AND NOT EXISTS (SELECT FROM consent_versions
                             WHERE consent_type = type AND consent_version = version AND valid_from <= now()) THEN
        RETURN haven_invalid(person, '/consent_version', 'not_in_list', 'is no version of this matter: GET /v1/consent-texts shows those in force');
    END IF;
    IF given AND words IS NOT NULL
       AND NOT EXISTS (SELECT FROM consent_texts
                       WHERE consent_type = type AND consent_version = version AND consent_text = words) THEN
        RETURN haven_invalid(person, '/consent_text', 'not_allowed', 'are not the words of this version; leave them out, or send them as they are');
    END IF;
    words := coalesce(words, (consent_text_in(
        type, version, coalesce(said ->> 'language', (SELECT preferred_language FROM users WHERE users.id = person)))).consent_text);
    -- A person's words one after the other, in the order of their times.
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(person, 0));
    at := clock_timestamp();
    IF NOT given THEN
        PERFORM consent_withdraw_all(person, type, at);
    END IF;
    INSERT INTO consent_records (id, user_id, consent_type, consent_version, consent_given,
                                 consent_text, ip_address, user_agent, consented_at)
    VALUES (id, person, type, version, given, words, nullif(body ->> 'ip_address', '')::inet,
            nullif(body ->> 'user_agent', ''), at);
    RETURN haven_written(person, true, '/v1/consents/' || id, consent_get(id, NULL, asked));
END $$;

-- Every yes of the person on the matter ends at this moment.
CREATE OR REPLACE FUNCTION consent_withdraw_all(person uuid, type text, at timestamptz)
RETURNS void LANGUAGE sql AS $$
    UPDATE consent_records SET withdrawn_at = at
    WHERE user_id = person AND consent_type = type AND consent_given AND withdrawn_at IS NULL
$$;

-- PUT /v1/consents/{id}/withdrawal
CREATE OR REPLACE FUNCTION consent_withdraw(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    record consent_records%ROWTYPE;
    was_open boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(haven_actor_id(), 0));
    SELECT * INTO record FROM consent_records WHERE consent_records.id = consent_withdraw.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT record.consent_given THEN
        RETURN haven_conflict(record.user_id, 'It was a refusal: there is nothing to withdraw.');
    END IF;
    was_open := record.withdrawn_at IS NULL;
    IF was_open THEN
        PERFORM consent_withdraw_all(record.user_id, record.consent_type, clock_timestamp());
    END IF;
    RETURN haven_written(record.user_id, was_open, '/v1/consents/' || id, consent_get(id, NULL, asked));
END $$;

-- GET /v1/consents/{id}
CREATE OR REPLACE FUNCTION consent_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(consent_records.user_id, consent_json(consent_records)) FROM consent_records
                     WHERE consent_records.id = consent_get.id), haven_not_found())
$$;

-- Where the person stands on each matter.
CREATE OR REPLACE FUNCTION consent_stand(person uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_object_agg(
        type, jsonb_build_object(
            'given', coalesce(stands AND coalesce(renewal.by > now(), true), false),
            'consent_id', newest.id, 'consent_version', consent_version,
            'consented_at', haven_utc(consented_at), 'withdrawn_at', haven_utc(withdrawn_at),
            'renewal_due', coalesce(stands AND renewal.due, false),
            'renew_by', CASE WHEN stands THEN haven_utc(renewal.by) END))
    FROM unnest(ARRAY['data_processing', 'marketing', 'emergency_contact', 'research',
                      'motion_trace']) AS type
    LEFT JOIN LATERAL (SELECT *, consent_given AND withdrawn_at IS NULL AS stands FROM consent_records
                       WHERE user_id = person AND consent_type = type
                       ORDER BY consented_at DESC, id DESC LIMIT 1) AS newest ON true
    LEFT JOIN LATERAL consent_renewal(type, consent_version) AS renewal ON true
$$;

-- GET /v1/consents/current
CREATE OR REPLACE FUNCTION consent_current(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$ SELECT haven_ok(haven_actor_id(), consent_stand(haven_actor_id())) $$;

-- GET /v1/users/{id}/consents: for those who care for the person, and for services.
CREATE OR REPLACE FUNCTION consent_of_user(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
BEGIN
    -- Every account has a word on data_processing from its first moment on.
    IF NOT EXISTS (SELECT FROM consent_records WHERE user_id = consent_of_user.id) THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(id, consent_stand(id));
END $$;
