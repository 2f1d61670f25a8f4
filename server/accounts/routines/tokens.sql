-- Tokens of people: granted for a password that was proved, revoked by their bearer.

-- `proved` is the hash that the password was proved against; `renewed` the same password's under other
-- parameters, or NULL. 401: the account was closed, or its password changed, meanwhile.
CREATE OR REPLACE FUNCTION token_grant(hash bytea, person uuid, lifetime interval, renewed text, proved text)
RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    UPDATE users SET last_login_at = now(), password_hash = coalesce(renewed, password_hash)
    WHERE id = person AND status = 'active' AND password_hash = proved;
    IF NOT FOUND THEN
        RETURN haven_status(person, 401);
    END IF;
    INSERT INTO access_tokens (token_hash, user_id, expires_at) VALUES (hash, person, now() + lifetime);
    RETURN haven_status(person, 201);
END $$;

-- Whoever's it is.
CREATE OR REPLACE FUNCTION token_revoke(hash bytea) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    UPDATE access_tokens SET revoked_at = now() WHERE token_hash = hash AND revoked_at IS NULL;
    RETURN CASE WHEN FOUND THEN haven_no_content(haven_who_asks()) ELSE haven_not_found() END;
END $$;
