-- Passwords of people and clinicians, by one rule: whoever changes one, every log-in of its bearer
-- ends, but the one that goes on with the change, and every code that was sent; a letter tells them. (A log-in that
-- hashes the same password anew
-- changes none.)

-- `known` is the hash the old password was proved against, NULL where nobody was asked for the old
-- one: who has a code, or runs the server. `kept` is the family of tokens that goes on, or NULL. False: there is no
-- such bearer, or the password was changed meanwhile.
CREATE OR REPLACE FUNCTION haven_change_password(bearer uuid, wanted text, known text, kept uuid)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE users SET password_hash = wanted, updated_at = now()
    WHERE id = bearer AND status = 'active' AND password_hash = coalesce(known, password_hash);
    IF NOT FOUND THEN
        UPDATE clinicians SET password_hash = wanted, updated_at = now()
        WHERE id = bearer AND (known IS NULL OR password_hash = known);
    END IF;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM haven_end_tokens(bearer, kept, 'password_changed');
    PERFORM haven_end_codes(bearer);
    PERFORM letter_to_bearer('password_changed', bearer);
    RETURN true;
END $$;

-- PUT /v1/users/me/password, PUT /v1/clinicians/me/password: with the old one proved.
CREATE OR REPLACE FUNCTION password_put(wanted text, known text, kept uuid) RETURNS haven_answer
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT haven_change_password(haven_actor_id(), wanted, known, kept) THEN
        RETURN haven_conflict(haven_who_asks(), 'The password was changed at the same time.');
    ELSIF haven_actor() = 'user' THEN
        RETURN haven_written(haven_who_asks(), false, '/v1/users/me', account_get(NULL, NULL, NULL));
    END IF;
    RETURN haven_written(haven_who_asks(), false, '/v1/clinicians/me', clinician_get_me(NULL, NULL, NULL));
END $$;
