-- The account of a person: what they say of themselves, and whether it is open.

CREATE OR REPLACE FUNCTION account_json(person users) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(person) - '{password_hash,folded_email,folded_name}'::text[] || jsonb_build_object(
        'created_at', haven_utc(person.created_at), 'updated_at', haven_utc(person.updated_at),
        'last_login_at', haven_utc(person.last_login_at))
$$;

-- GET /v1/users/me and GET /v1/users/{id}
CREATE OR REPLACE FUNCTION account_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person users%ROWTYPE;
BEGIN
    SELECT * INTO person FROM users WHERE users.id = CASE WHEN account_get.id IS NULL THEN haven_actor_id() ELSE account_get.id END;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(person.id, account_json(person));
END $$;

-- PATCH /v1/users/me: what is not named stays, null takes away.
CREATE OR REPLACE FUNCTION account_patch(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    born constant date := (body ->> 'date_of_birth')::date;
    person users%ROWTYPE;
BEGIN
    IF born > current_date OR born < date '1900-01-01' THEN
        RETURN haven_invalid(haven_actor_id(), '/date_of_birth', CASE WHEN born > current_date THEN 'too_large' ELSE 'too_small' END,
                             'must be a day from 1900 to today');
    END IF;
    IF body ? 'time_zone'
       AND NOT EXISTS (SELECT FROM time_zones WHERE name = body ->> 'time_zone') THEN
        RETURN haven_invalid(haven_actor_id(), '/time_zone', 'not_in_list', 'must be an IANA name, such as Europe/Vienna');
    END IF;
    SELECT * INTO person FROM users WHERE users.id = haven_actor_id() FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, account_json(person)) THEN
        RETURN haven_stale(haven_actor_id());
    END IF;
    UPDATE users
    SET full_name = CASE WHEN body ? 'full_name' THEN body ->> 'full_name' ELSE full_name END,
        date_of_birth = CASE WHEN body ? 'date_of_birth' THEN born ELSE date_of_birth END,
        location_country = CASE WHEN body ? 'location_country' THEN body ->> 'location_country'
                                ELSE location_country END,
        preferred_language = coalesce(body ->> 'preferred_language', preferred_language),
        time_zone = coalesce(body ->> 'time_zone', time_zone),
        updated_at = now()
    WHERE users.id = haven_actor_id();
    RETURN haven_written(haven_actor_id(), false, '/v1/users/me', account_get(NULL, NULL, asked));
END $$;

-- PUT /v1/users/{id}/status, by a supervisor.
CREATE OR REPLACE FUNCTION account_set_status(id uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    wanted constant text := body ->> 'status';
    person users%ROWTYPE;
BEGIN
    SELECT * INTO person FROM users WHERE users.id = account_set_status.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, account_json(person)) THEN
        RETURN haven_stale(id);
    END IF;
    IF person.status = 'deleted' THEN
        RETURN haven_conflict(id, 'The account was deleted by its owner, for good.');
    END IF;
    IF person.status IS DISTINCT FROM wanted THEN
        UPDATE users SET status = wanted, updated_at = now()
        WHERE users.id = account_set_status.id;
        PERFORM haven_end_tokens(person.id, NULL, 'suspended');
    END IF;
    RETURN haven_written(id, false, '/v1/users/' || id, account_get(id, NULL, asked));
END $$;

-- DELETE /v1/users/me: for good. No token speaks for the account any more and no consent stands; its
-- rows stay until they are erased.
CREATE OR REPLACE FUNCTION account_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := haven_actor_id();
BEGIN
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(person, 0));
    UPDATE users SET status = 'deleted', updated_at = now() WHERE users.id = person;
    PERFORM haven_end_tokens(person, NULL, 'account_closed');
    PERFORM haven_end_factors(person);
    UPDATE consent_records SET withdrawn_at = clock_timestamp()
    WHERE user_id = person AND consent_given AND withdrawn_at IS NULL;
    RETURN haven_no_content(haven_actor_id());
END $$;

-- Whether the person, below whom something is listed, may be seen by who asks, who is meant where it is NULL. Services
-- do not see accounts: they see the consents everybody with an account has.
CREATE OR REPLACE FUNCTION account_seen(id uuid) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN id IS NULL THEN haven_ok(haven_who_asks(), NULL)
                WHEN EXISTS (SELECT FROM consent_records WHERE user_id = account_seen.id) THEN haven_ok(id, NULL)
                ELSE haven_not_found() END
$$;
