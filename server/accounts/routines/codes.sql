-- What is done with a code that was sent to an address.

-- A code that is good is taken: once, whoever else brings it at this moment.
CREATE OR REPLACE FUNCTION code_take(hash bytea, purposes text[]) RETURNS one_time_codes
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    taken one_time_codes%ROWTYPE;
BEGIN
    PERFORM letters_lock();
    DELETE FROM one_time_codes WHERE code_hash = hash AND purpose = ANY (purposes) AND expires_at > now()
    RETURNING * INTO taken;
    DELETE FROM letters WHERE id = taken.letter_id; -- it was not sure that it had arrived
    RETURN taken;
END $$;

CREATE OR REPLACE FUNCTION code_refused() RETURNS haven_answer LANGUAGE sql IMMUTABLE AS $$
    SELECT haven_invalid(haven_nobody(), '/token', 'wrong_code', 'is no code that is good: it was used, its time is over, or a newer one was sent')
$$;

-- Whose a code is, the address that it was sent to, and their name. Takes nothing.
CREATE OR REPLACE FUNCTION code_bearer(hash bytea, wanted text, OUT bearer uuid, OUT email text, OUT name text)
RETURNS SETOF record
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT coalesce(users.id, clinicians.id), coalesce(users.email, clinicians.email),
           coalesce(users.full_name, clinicians.full_name)
    FROM one_time_codes AS code
    LEFT JOIN users ON users.id = code.user_id
    LEFT JOIN clinicians ON clinicians.id = code.clinician_id
    WHERE code_hash = hash AND purpose = wanted AND expires_at > now()
      AND coalesce(users.status, clinicians.status) = 'active'
$$;

-- The password that an address was registered with, where the code is a registration's. Takes nothing.
CREATE OR REPLACE FUNCTION code_registration(hash bytea) RETURNS SETOF text
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT registrations.password_hash FROM one_time_codes AS code
    JOIN registrations ON registrations.id = code.registration_id
    WHERE code_hash = hash AND purpose = 'verification' AND code.expires_at > now()
$$;

-- No code that was sent to a bearer is good any more, and none is sent: their password or their address is another.
CREATE OR REPLACE FUNCTION haven_end_codes(bearer_id uuid) RETURNS void LANGUAGE sql SET haven.actor = 'job' AS $$
    SELECT letters_lock();
    DELETE FROM one_time_codes WHERE bearer_id IN (user_id, clinician_id);
    DELETE FROM letters WHERE bearer_id IN (user_id, clinician_id) AND given_up_at IS NULL
                          AND kind IN ('reset', 'address', 'invitation', 'factor_reset', 'factor_reset_asked');
$$;

-- The bearer's new address; NULL where somebody has it meanwhile.
CREATE OR REPLACE FUNCTION address_confirm(code one_time_codes) RETURNS uuid LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    bearer uuid;
BEGIN
    UPDATE users SET email = code.new_email, updated_at = now()
    WHERE id = code.user_id AND status = 'active' AND letter_owner('user', code.new_email, code.new_email_older) IS NULL
    RETURNING id INTO bearer;
    IF bearer IS NULL THEN
        UPDATE clinicians SET email = code.new_email, updated_at = now()
        WHERE id = code.clinician_id AND status = 'active'
          AND letter_owner('clinician', code.new_email, code.new_email_older) IS NULL
        RETURNING id INTO bearer;
    END IF;
    PERFORM haven_end_codes(bearer);
    RETURN bearer;
EXCEPTION WHEN unique_violation THEN
    RETURN NULL;
END $$;

-- POST /v1/auth/email-verifications: of a new account, or of another address.
CREATE OR REPLACE FUNCTION email_verification_post(hash bytea) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    code constant one_time_codes := code_take(hash, '{verification,address}');
    bearer constant uuid := CASE code.purpose WHEN 'verification' THEN registration_confirm(code.registration_id)
                                              WHEN 'address' THEN address_confirm(code) END;
BEGIN
    IF bearer IS NULL THEN
        RETURN code_refused();
    END IF;
    RETURN haven_no_content(CASE WHEN code.clinician_id IS NULL THEN bearer END);
END $$;

-- PUT /v1/auth/password-resets, the new password hashed. Every token of the bearer ends.
CREATE OR REPLACE FUNCTION password_reset_put(hash bytea, wanted text) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    code constant one_time_codes := code_take(hash, '{reset}');
BEGIN
    IF NOT EXISTS (SELECT FROM users WHERE id = code.user_id AND status = 'active'
                   UNION ALL SELECT FROM clinicians WHERE id = code.clinician_id AND status = 'active')
       OR NOT haven_change_password(coalesce(code.user_id, code.clinician_id), wanted, NULL, NULL) THEN
        RETURN code_refused();
    END IF;
    RETURN haven_no_content(code.user_id);
END $$;

-- POST /v1/auth/invitations, the password hashed.
CREATE OR REPLACE FUNCTION invitation_post(hash bytea, wanted text) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    code constant one_time_codes := code_take(hash, '{invitation}');
BEGIN
    UPDATE clinicians SET password_hash = wanted, updated_at = now()
    WHERE id = code.clinician_id AND status = 'active' AND password_hash IS NULL;
    IF NOT FOUND THEN
        RETURN code_refused();
    END IF;
    RETURN haven_no_content(haven_nobody());
END $$;

-- POST /v1/auth/password-resets. The same for every address: whose it is is looked up when the letter is sent.
CREATE OR REPLACE FUNCTION password_reset_post(bearer_kind text, address text, older text) RETURNS haven_answer
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM letter_to_address('reset', bearer_kind, address, older);
    RETURN haven_status(haven_nobody(), 202);
END $$;

-- PUT /v1/users/me/email, PUT /v1/clinicians/me/email: `known` is the hash that the password was proved against. A code
-- to the new address, a word to the one they have; it is theirs once it is confirmed.
CREATE OR REPLACE FUNCTION email_put(address text, older text, known text) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM users WHERE id = haven_actor_id() AND password_hash = known AND haven_actor() = 'user')
       AND NOT EXISTS (SELECT FROM clinicians WHERE id = haven_actor_id() AND password_hash = known) THEN
        RETURN haven_conflict(haven_who_asks(), 'The password was changed at the same time.');
    END IF;
    IF EXISTS (SELECT FROM users WHERE id = haven_actor_id() AND email IN (address, older)
               UNION ALL SELECT FROM clinicians WHERE id = haven_actor_id() AND email IN (address, older)) THEN
        RETURN haven_invalid(haven_who_asks(), '/new_email', 'unchanged', 'is your address already');
    END IF;
    PERFORM letter_of_new_address(haven_actor(), haven_actor_id(), address, older);
    PERFORM letter_to_bearer('address_asked', haven_actor_id());
    RETURN haven_status(haven_who_asks(), 202);
END $$;

CREATE OR REPLACE FUNCTION letter_of_new_address(bearer_kind text, bearer_id uuid, address text, older text) RETURNS void
LANGUAGE sql SET haven.actor = 'job' AS $$
    INSERT INTO letters (kind, bearer, user_id, clinician_id, email, email_older)
    VALUES ('address', bearer_kind, CASE bearer_kind WHEN 'user' THEN bearer_id END,
            CASE bearer_kind WHEN 'clinician' THEN bearer_id END, address, older)
$$;
