-- Tokens: given for a password that was proved, refreshed, revoked.

-- POST /v1/auth/tokens. `proved` is the hash that the password was proved against; `renewed` the same password's under
-- other parameters, or NULL; `terms` and the tokens are haven_open_family's, with what haven_use_factor takes. 401: the
-- account was closed, or its password changed, meanwhile; or the code was used. The log-in with a password that who asks
-- had before, in the cookie or as a bearer, ends, whosever it was: `replaces` is its token's hash.
CREATE OR REPLACE FUNCTION token_log_in(terms jsonb, access bytea, refresh bytea, renewed text, proved text)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    bearer_id constant uuid := terms ->> 'bearer_id';
    person constant uuid := CASE terms ->> 'bearer' WHEN 'user' THEN bearer_id END;
    is_a text;
    given jsonb;
BEGIN
    IF person IS NOT NULL THEN
        PERFORM haven_hold_factor_reset(person);
        PERFORM FROM users WHERE id = person AND status = 'active' AND password_hash = proved FOR NO KEY UPDATE;
    ELSE
        SELECT role INTO is_a FROM clinicians
        WHERE id = bearer_id AND status = 'active' AND password_hash = proved FOR NO KEY UPDATE;
    END IF;
    IF NOT FOUND OR NOT haven_use_factor(bearer_id, terms) THEN
        RETURN haven_status(person, 401);
    END IF;
    PERFORM haven_end_factor_reset(person);
    UPDATE users SET last_login_at = now(), password_hash = coalesce(renewed, password_hash) WHERE id = person;
    UPDATE clinicians SET last_login_at = now(), password_hash = coalesce(renewed, password_hash)
    WHERE id = bearer_id AND person IS NULL;
    given := haven_open_family(terms, access, refresh);
    PERFORM haven_end_family(id, 'logged_out') FROM token_families
    WHERE came_by = 'password' AND in_cookie = (terms ? 'in_cookie')
      AND id = (SELECT family_id FROM access_tokens WHERE token_hash = decode(terms ->> 'replaces', 'hex'));
    IF terms ? 'in_cookie' THEN
        RETURN haven_no_content(person);
    END IF;
    RETURN haven_created(person, given || haven_said(jsonb_build_object('role', is_a)));
END $$;

-- POST /oauth/token, grant_type=refresh_token: `old` is spent for `access` and `refresh`. 400: it is none that may be,
-- and the body's "reused" says whether it was one before, whose family has ended now. The last one that was spent may
-- be brought once more for 30 seconds, while what it was spent for is not: the answer was lost. Then what is given
-- takes the place of what was. All of a family's stand in line at its row. `brought_by` is the client that brings it, NULL
-- for the web application: to another than got it, it is of no use (RFC 6749 6), and stays as it was.
CREATE OR REPLACE FUNCTION token_refresh(old bytea, access bytea, refresh bytea, token_seconds double precision,
                                         brought_by text)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    family token_families%ROWTYPE;
    brought refresh_tokens%ROWTYPE;
    unspent refresh_tokens%ROWTYPE;
    is_a text;
BEGIN
    SELECT * INTO family FROM token_families
    WHERE id = (SELECT family_id FROM refresh_tokens WHERE token_hash = old) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_denied(haven_nobody(), 'invalid_grant', NULL);
    END IF;
    -- Who brings it has shown who they are, for what is recorded.
    PERFORM set_config('haven.actor_id', coalesce(family.user_id, family.clinician_id, family.service_id)::text, true),
            set_config('haven.actor', haven_bearer(family), true);
    IF family.user_id IS NOT NULL THEN
        PERFORM FROM users WHERE id = family.user_id AND status = 'active';
    ELSE
        SELECT role INTO is_a FROM clinicians WHERE id = family.clinician_id AND status = 'active';
    END IF;
    IF NOT FOUND OR NOT haven_lives(family) OR family.client_id IS DISTINCT FROM brought_by THEN
        RETURN haven_denied(family.user_id, 'invalid_grant', NULL);
    END IF;
    SELECT * INTO brought FROM refresh_tokens WHERE token_hash = old;
    SELECT * INTO unspent FROM refresh_tokens WHERE family_id = family.id AND used_at IS NULL;
    IF brought.used_at < now() - interval '30 seconds' OR brought.successor_hash <> unspent.token_hash THEN
        PERFORM haven_end_family(family.id, 'reused');
        RETURN haven_denied(family.user_id, 'invalid_grant', 'It was used before: the log-in has ended.',
                            jsonb_build_object('reused', true));
    END IF;
    UPDATE refresh_tokens SET used_at = now(), successor_hash = refresh WHERE token_hash = unspent.token_hash;
    IF brought.used_at IS NOT NULL THEN
        UPDATE refresh_tokens SET successor_hash = refresh WHERE token_hash = old;
        UPDATE access_tokens SET revoked_at = now() WHERE token_hash = unspent.access_hash;
    END IF;
    INSERT INTO refresh_tokens (token_hash, family_id, access_hash) VALUES (refresh, family.id, access);
    UPDATE token_families SET last_used_at = now(), idle_expires_at = least(now() + idle_lifetime, expires_at)
    WHERE id = family.id
    RETURNING * INTO family;
    RETURN haven_ok(family.user_id, haven_give_access(family, access, token_seconds)
                                    || haven_said(jsonb_build_object('role', is_a)));
END $$;

-- POST /oauth/revoke: whichever of a family's it is, the family ends. 200 where it is none of anybody's (RFC 7009 2.2);
-- 400, and nothing ends, where another client got it (2.1). `brought_by` is token_refresh's.
CREATE OR REPLACE FUNCTION token_revoke(hash bytea, brought_by text) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    family token_families%ROWTYPE;
BEGIN
    SELECT * INTO family FROM token_families
    WHERE id = coalesce((SELECT family_id FROM refresh_tokens WHERE token_hash = hash),
                        (SELECT family_id FROM access_tokens WHERE token_hash = hash));
    IF NOT FOUND THEN
        RETURN haven_ok(haven_nobody(), NULL);
    END IF;
    PERFORM set_config('haven.actor_id', coalesce(family.user_id, family.clinician_id, family.service_id)::text, true),
            set_config('haven.actor', haven_bearer(family), true);
    IF family.client_id IS DISTINCT FROM brought_by THEN
        RETURN haven_denied(family.user_id, 'invalid_grant', 'Another client got it.');
    END IF;
    PERFORM haven_end_family(family.id, 'revoked');
    RETURN haven_ok(family.user_id, NULL);
END $$;

-- GET /v1/auth/tokens/current: who its bearer is, what it may do, and which server says so. No name, no address.
CREATE OR REPLACE FUNCTION token_bearer(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_who_asks(), jsonb_build_object(
        'server_id', (SELECT server_identity.id FROM server_identity),
        'bearer', haven_actor(), 'bearer_id', haven_actor_id(),
        'scope', (SELECT array_to_string(scopes, ' ') FROM token_families
                  WHERE token_families.id = (asked ->> 'family')::uuid)))
$$;

-- DELETE /v1/auth/tokens/current
CREATE OR REPLACE FUNCTION token_log_out(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql AS $$
    SELECT CASE WHEN haven_end_family((asked ->> 'family')::uuid, 'logged_out') THEN haven_no_content(haven_who_asks())
                ELSE haven_not_found() END
$$;
