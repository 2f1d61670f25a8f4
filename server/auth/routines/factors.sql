-- The second factor of people and clinicians: TOTP, and recovery codes. Which 30 s a code is of is found out by the
-- server, which alone can open the secret; that it is taken once is decided here, at the factor's row.

-- The row of who asks, held: what is done with their factor stands in line at it, as their log-ins do. Their address.
CREATE OR REPLACE FUNCTION haven_hold_bearer() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    address text;
BEGIN
    PERFORM haven_hold_factor_reset(haven_actor_id());
    IF haven_actor() = 'user' THEN
        SELECT email INTO address FROM users WHERE id = haven_actor_id() FOR NO KEY UPDATE;
    ELSE
        SELECT email INTO address FROM clinicians WHERE id = haven_actor_id() FOR NO KEY UPDATE;
    END IF;
    RETURN address;
END $$;

-- POST /v1/auth/factors/totp: {"id", "sealed_secret" in base64, "master_key"}. It takes the place of one that waits, and
-- counts for nothing until it is confirmed.
CREATE OR REPLACE FUNCTION factor_begin(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    address constant text := haven_hold_bearer();
BEGIN
    DELETE FROM second_factors WHERE haven_actor_id() IN (user_id, clinician_id) AND confirmed_at IS NULL;
    INSERT INTO second_factors (id, user_id, clinician_id, sealed_secret, master_key)
    VALUES ((body ->> 'id')::uuid, haven_who_asks(),
            CASE haven_actor() WHEN 'clinician' THEN haven_actor_id() END, decode(body ->> 'sealed_secret', 'base64'),
            body ->> 'master_key');
    RETURN haven_created(haven_who_asks(), jsonb_build_object('email', address));
END $$;

-- PUT /v1/auth/factors/totp, its code found right: {"id", "step", "recovery_hashes"}. It takes the place of the one before,
-- and the log-in in which that is done is one with both factors.
CREATE OR REPLACE FUNCTION factor_confirm(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    factor constant uuid := body ->> 'id';
    may text[];
BEGIN
    PERFORM haven_hold_bearer();
    IF NOT EXISTS (SELECT FROM second_factors WHERE second_factors.id = factor AND confirmed_at IS NULL) THEN
        RETURN haven_conflict(haven_who_asks(), 'It was confirmed, or another was asked for, at the same time.');
    END IF;
    DELETE FROM second_factors WHERE haven_actor_id() IN (user_id, clinician_id) AND confirmed_at IS NOT NULL;
    PERFORM haven_end_factor_reset(haven_actor_id());
    UPDATE second_factors SET confirmed_at = now(), last_step = (body ->> 'step')::bigint WHERE second_factors.id = factor;
    INSERT INTO recovery_codes (factor_id, code_hash) SELECT factor, unnest(haven_texts(body -> 'recovery_hashes'));
    UPDATE token_families
    SET factors = array_remove(array_remove(factors, 'recovery'), 'totp') || '{totp}',
        scopes = CASE WHEN clinician_id IS NULL THEN '{account,journal,drawing}'::text[] ELSE '{account,care,clinic}' END
    WHERE token_families.id = (asked ->> 'family')::uuid
    RETURNING scopes INTO may;
    PERFORM letter_to_bearer('factor_confirmed', haven_actor_id());
    RETURN haven_ok(haven_who_asks(), jsonb_build_object('scope', array_to_string(may, ' ')));
END $$;

-- GET /v1/auth/factors
CREATE OR REPLACE FUNCTION factors_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_who_asks(), jsonb_build_object(
        'totp_confirmed_at', haven_utc(max(confirmed_at)),
        'recovery_codes_left', (SELECT count(*) FROM recovery_codes JOIN second_factors AS mine ON mine.id = factor_id
                                WHERE haven_actor_id() IN (mine.user_id, mine.clinician_id))))
    FROM second_factors WHERE haven_actor_id() IN (user_id, clinician_id)
$$;

-- DELETE /v1/auth/factors/totp, by a person.
CREATE OR REPLACE FUNCTION factor_remove(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_hold_bearer();
    IF NOT EXISTS (SELECT FROM second_factors WHERE user_id = haven_actor_id()) THEN
        RETURN haven_not_found();
    END IF;
    IF EXISTS (SELECT FROM second_factors WHERE user_id = haven_actor_id() AND confirmed_at IS NOT NULL) THEN
        PERFORM letter_to_bearer('factor_removed', haven_actor_id());
    END IF;
    DELETE FROM second_factors WHERE user_id = haven_actor_id();
    PERFORM haven_end_factor_reset(haven_actor_id());
    RETURN haven_no_content(haven_who_asks());
END $$;

-- Whether what came with a log-in is the factor of its bearer, whose row is held: {"factor_id", and "step" or
-- "recovery_hash"}, or none where none is confirmed. A code is taken once, whoever else brings it at this moment.
CREATE OR REPLACE FUNCTION haven_use_factor(bearer uuid, came jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    factor uuid;
BEGIN
    SELECT id INTO factor FROM second_factors WHERE (user_id = bearer OR clinician_id = bearer) AND confirmed_at IS NOT NULL;
    IF factor IS NULL OR factor IS DISTINCT FROM (came ->> 'factor_id')::uuid THEN
        RETURN factor IS NULL AND NOT came ? 'factor_id';
    END IF;
    IF came ? 'step' THEN
        UPDATE second_factors SET last_step = (came ->> 'step')::bigint
        WHERE id = factor AND last_step < (came ->> 'step')::bigint;
    ELSE
        DELETE FROM recovery_codes WHERE factor_id = factor AND code_hash = came ->> 'recovery_hash';
        IF FOUND THEN
            PERFORM letter_to_bearer('recovery_used', bearer);
            RETURN true;
        END IF;
    END IF;
    RETURN FOUND;
END $$;

-- Whoever acts.
CREATE OR REPLACE FUNCTION haven_end_factors(bearer uuid) RETURNS void LANGUAGE sql SET haven.actor = 'job' AS
$$ DELETE FROM second_factors WHERE user_id = bearer OR clinician_id = bearer $$;
