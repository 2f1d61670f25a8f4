-- Programs that speak for themselves: what they may do, and until when. By a supervisor, or who runs the server.

CREATE OR REPLACE FUNCTION service_scopes() RETURNS text[] LANGUAGE sql IMMUTABLE AS
$$ SELECT '{sessions,consents,screenings,agents,prompts,speech,notifications,analytics}'::text[] $$;

-- A token of a service for so many days; those that it has end after `overlap`.
CREATE OR REPLACE FUNCTION haven_service_token(service services, access bytea, days integer, overlap interval) RETURNS jsonb
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    seconds constant integer := least(days, 90) * 86400;
BEGIN
    UPDATE token_families SET expires_at = now() + overlap, idle_expires_at = now() + overlap
    WHERE service_id = service.id AND revoked_at IS NULL AND idle_expires_at > now() + overlap;
    PERFORM haven_open_family(jsonb_build_object(
        'bearer', 'service', 'bearer_id', service.id, 'came_by', 'service', 'scopes', service.scopes,
        'token_seconds', seconds, 'family_seconds', seconds), access, NULL);
    RETURN jsonb_build_object('id', service.id, 'name', service.name, 'scope', array_to_string(service.scopes, ' '),
                              'expires_at', haven_utc(now() + make_interval(secs => seconds)));
END $$;

-- NULL: there is one of this name.
CREATE OR REPLACE FUNCTION haven_add_service(wanted text, may text[], access bytea, days integer) RETURNS jsonb
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    made services%ROWTYPE;
BEGIN
    INSERT INTO services (name, scopes) VALUES (wanted, may) ON CONFLICT (name) DO NOTHING RETURNING * INTO made;
    RETURN CASE WHEN FOUND THEN haven_service_token(made, access, days, interval '0') END;
END $$;

-- NULL: there is none, or it is suspended.
CREATE OR REPLACE FUNCTION haven_rotate_service(service uuid, access bytea, days integer, overlap interval) RETURNS jsonb
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    known services%ROWTYPE;
BEGIN
    SELECT * INTO known FROM services WHERE id = service AND status = 'active' FOR NO KEY UPDATE;
    RETURN CASE WHEN FOUND THEN haven_service_token(known, access, days, overlap) END;
END $$;

-- Until when its tokens are good: the last of them.
CREATE OR REPLACE FUNCTION haven_service_item(service services) RETURNS jsonb
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT jsonb_build_object(
        'id', service.id, 'name', service.name, 'status', service.status,
        'scope', array_to_string(service.scopes, ' '), 'created_at', haven_utc(service.created_at),
        'expires_at', (SELECT haven_utc(max(expires_at)) FROM token_families
                       WHERE service_id = service.id AND haven_lives(token_families)),
        'last_used_at', (SELECT haven_utc(max(last_used_at)) FROM token_families WHERE service_id = service.id))
$$;

-- POST /v1/services. The token's hash in hexadecimal.
CREATE OR REPLACE FUNCTION service_create(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    made constant jsonb := haven_add_service(body ->> 'name', haven_texts(body -> 'scopes'),
                                             decode(body ->> 'token_hash', 'hex'),
                                             coalesce((body ->> 'expires_days')::integer, 90));
BEGIN
    RETURN CASE WHEN made IS NULL THEN haven_conflict(haven_nobody(), 'A service with this name is there already.')
                ELSE haven_created(haven_nobody(), made) END;
END $$;

-- POST /v1/services/{id}/tokens
CREATE OR REPLACE FUNCTION service_rotate(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    made constant jsonb := haven_rotate_service(id, decode(body ->> 'token_hash', 'hex'),
                                                coalesce((body ->> 'expires_days')::integer, 90),
                                                make_interval(secs => coalesce((body ->> 'overlap_seconds')::integer, 0)));
BEGIN
    RETURN CASE WHEN made IS NOT NULL THEN haven_created(haven_nobody(), made)
                WHEN EXISTS (SELECT FROM services WHERE services.id = service_rotate.id)
                    THEN haven_conflict(haven_nobody(), 'The service is suspended.')
                ELSE haven_not_found() END;
END $$;

-- PUT /v1/services/{id}/status: the tokens of one that is suspended are none until it is active again.
CREATE OR REPLACE FUNCTION service_set_status(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    known services%ROWTYPE;
BEGIN
    SELECT * INTO known FROM services WHERE services.id = service_set_status.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, haven_service_item(known)) THEN
        RETURN haven_stale(haven_nobody());
    END IF;
    UPDATE services SET status = body ->> 'status' WHERE services.id = known.id;
    RETURN haven_written(haven_nobody(), false, '/v1/services/' || id, service_get(id, NULL, asked));
END $$;

-- GET /v1/services/{id}
CREATE OR REPLACE FUNCTION service_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(haven_nobody(), haven_service_item(services)) FROM services
                     WHERE services.id = service_get.id), haven_not_found())
$$;
