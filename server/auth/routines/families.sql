-- Families of tokens: one log-in of one bearer. What opens one, what ends some, which there are.

-- Opens a family with its first tokens; who calls has found out that it is the bearer. `terms` is
-- {"bearer": "user" | "clinician" | "service", "bearer_id", "came_by": "password" | "device" | "service", "client",
-- "client_id", "device_name", "scopes": [...], "factors": [...], "token_seconds", "idle_seconds", "family_seconds"}; without
-- idle_seconds it is not refreshed, and `refresh` is NULL; with "in_cookie" neither, and its one token lives as long as the
-- family, which each use keeps from being idle (family_used). What an answer says of it: {"family_id", "expires_in",
-- "scope", "bearer", "bearer_id"}.
CREATE OR REPLACE FUNCTION haven_open_family(terms jsonb, access bytea, refresh bytea) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    bearer constant text := terms ->> 'bearer';
    bearer_id constant uuid := terms ->> 'bearer_id';
    idle constant interval := make_interval(secs => (terms ->> 'idle_seconds')::double precision);
    ends constant timestamptz := now() + make_interval(secs => (terms ->> 'family_seconds')::double precision);
    family token_families%ROWTYPE;
BEGIN
    INSERT INTO token_families (user_id, clinician_id, service_id, came_by, client, client_id, device_name, scopes, factors,
                                in_cookie, idle_lifetime, idle_expires_at, expires_at)
    VALUES (CASE bearer WHEN 'user' THEN bearer_id END, CASE bearer WHEN 'clinician' THEN bearer_id END,
            CASE bearer WHEN 'service' THEN bearer_id END, terms ->> 'came_by', terms ->> 'client',
            terms ->> 'client_id', terms ->> 'device_name', haven_texts(terms -> 'scopes'), coalesce(haven_texts(terms -> 'factors'), '{}'),
            terms ? 'in_cookie', idle, least(now() + idle, ends), ends)
    RETURNING * INTO family;
    IF refresh IS NOT NULL THEN
        INSERT INTO refresh_tokens (token_hash, family_id, access_hash) VALUES (refresh, family.id, access);
    END IF;
    RETURN haven_give_access(family, access, (terms ->> 'token_seconds')::double precision);
END $$;

-- An access token of a family, which it does not outlive, and what an answer says of it.
CREATE OR REPLACE FUNCTION haven_give_access(family token_families, access bytea, seconds double precision) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    ends constant timestamptz := least(now() + make_interval(secs => seconds),
                                       CASE WHEN family.in_cookie THEN family.expires_at ELSE family.idle_expires_at END);
BEGIN
    INSERT INTO access_tokens (token_hash, family_id, expires_at) VALUES (access, family.id, ends);
    RETURN jsonb_build_object(
        'family_id', family.id, 'expires_in', floor(extract(epoch FROM ends - now()))::integer,
        'scope', array_to_string(family.scopes, ' '), 'bearer', haven_bearer(family),
        'bearer_id', coalesce(family.user_id, family.clinician_id, family.service_id));
END $$;

CREATE OR REPLACE FUNCTION haven_bearer(family token_families) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN family.user_id IS NOT NULL THEN 'user' WHEN family.clinician_id IS NOT NULL THEN 'clinician'
                ELSE 'service' END
$$;

-- Whether its tokens are still good, as far as it is about them.
CREATE OR REPLACE FUNCTION haven_lives(family token_families) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT family.revoked_at IS NULL AND family.idle_expires_at > now() $$;

-- Ends every family of the bearer but `kept`, NULL for none, whoever acts.
CREATE OR REPLACE FUNCTION haven_end_tokens(bearer uuid, kept uuid, why text DEFAULT 'ended') RETURNS void
LANGUAGE sql SET haven.actor = 'job' AS $$
    UPDATE token_families SET revoked_at = now(), revoked_why = why
    WHERE (user_id = bearer OR clinician_id = bearer OR service_id = bearer) AND id IS DISTINCT FROM kept
      AND revoked_at IS NULL
$$;

-- Ends one. False: there is none, or it has ended before.
CREATE OR REPLACE FUNCTION haven_end_family(family uuid, why text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE token_families SET revoked_at = now(), revoked_why = why WHERE id = family AND revoked_at IS NULL;
    RETURN FOUND;
END $$;

-- What nothing follows from any more. A refresh token that is spent is known again for 30 days.
CREATE OR REPLACE FUNCTION haven_job_forget_tokens() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM token_families
    WHERE idle_expires_at < now() - interval '30 days' OR revoked_at < now() - interval '30 days';
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    DELETE FROM access_tokens WHERE expires_at < now() - interval '1 day';
    DELETE FROM refresh_tokens WHERE used_at < now() - interval '30 days';
    RETURN forgotten;
END $$;
