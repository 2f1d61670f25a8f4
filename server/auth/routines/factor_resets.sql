-- A person who has lost their authenticator and their recovery codes: who knows the password asks, and waits three days for a
-- letter whose code ends the factor. A letter tells it at once. What waits is the later letter itself; it goes when somebody
-- logs in with the factor, changes password, address or factor, or brings the code of the letter that came at once.

CREATE OR REPLACE FUNCTION haven_factor_reset_waits(person uuid) RETURNS boolean
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT EXISTS (SELECT FROM letters WHERE user_id = person AND kind = 'factor_reset' AND given_up_at IS NULL)
$$;

-- Before the person's row is held, by whoever may end what is asked then: what letters are locked by comes first.
CREATE OR REPLACE FUNCTION haven_hold_factor_reset(person uuid) RETURNS void LANGUAGE sql SET haven.actor = 'job' AS $$
    SELECT letters_lock()
    WHERE EXISTS (SELECT FROM one_time_codes WHERE user_id = person AND purpose IN ('factor_reset', 'factor_reset_asked'))
       OR haven_factor_reset_waits(person)
$$;

-- It is asked no more.
CREATE OR REPLACE FUNCTION haven_end_factor_reset(person uuid) RETURNS void LANGUAGE sql SET haven.actor = 'job' AS $$
    DELETE FROM letters WHERE user_id = person AND kind IN ('factor_reset', 'factor_reset_asked') AND given_up_at IS NULL;
    DELETE FROM one_time_codes WHERE user_id = person AND purpose IN ('factor_reset', 'factor_reset_asked');
$$;

CREATE OR REPLACE FUNCTION letter_of_factor_reset(person uuid) RETURNS void LANGUAGE sql SET haven.actor = 'job' AS $$
    INSERT INTO letters (kind, bearer, user_id, email, created_at, next_attempt_at)
    SELECT 'factor_reset', 'user', id, email, due, due FROM users, (SELECT now() + interval '3 days') AS wait (due)
    WHERE id = person
$$;

-- POST /v1/auth/factor-resets: `proved` is the hash that the password was proved against. 401: the account was closed, or its
-- password changed, meanwhile. What is asked already goes on as it is.
CREATE OR REPLACE FUNCTION factor_reset_ask(person uuid, proved text) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM users WHERE id = person AND status = 'active' AND password_hash = proved FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_status(person, 401);
    END IF;
    IF NOT EXISTS (SELECT FROM second_factors WHERE user_id = person AND confirmed_at IS NOT NULL) THEN
        RETURN haven_conflict(person, 'The password alone opens this account.');
    END IF;
    IF NOT haven_factor_reset_waits(person) THEN
        PERFORM letter_to_bearer('factor_reset_asked', person), letter_of_factor_reset(person);
    END IF;
    RETURN haven_status(person, 202);
END $$;

-- PUT /v1/auth/factor-resets: keep, with the code of the letter that came at once, or reset, with that of the later one.
CREATE OR REPLACE FUNCTION factor_reset_put(hash bytea, decision text) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    purpose constant text := CASE decision WHEN 'keep' THEN 'factor_reset_asked' ELSE 'factor_reset' END;
    code constant one_time_codes := code_take(hash, ARRAY[purpose]);
BEGIN
    PERFORM FROM users WHERE id = code.user_id AND status = 'active' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN code_refused();
    END IF;
    PERFORM haven_end_factor_reset(code.user_id);
    IF decision = 'reset' THEN
        PERFORM haven_reset_factors(code.user_id, 'factor_removed');
    END IF;
    RETURN haven_no_content(code.user_id);
END $$;

-- Whoever acts: the bearer's factor ends, and with it every log-in; a letter of this kind tells them.
CREATE OR REPLACE FUNCTION haven_reset_factors(bearer uuid, told text) RETURNS void LANGUAGE sql AS $$
    SELECT haven_end_factors(bearer), haven_end_tokens(bearer, NULL), letter_to_bearer(told, bearer)
$$;
