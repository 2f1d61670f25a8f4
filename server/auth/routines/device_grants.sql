-- Devices that ask to be linked: RFC 8628.
--
-- status   | becomes           | when
-- pending  | allowed or denied | a person says so, once
-- allowed  | redeemed          | the device polls; its tokens go out with that
-- denied   |                   | for good
-- redeemed | redeemed          | the answer was lost: for 30 s, while nothing of it was used
--
-- What is pending or allowed past expires_at is over.

-- POST /oauth/device_authorization. `asks` is {"client_id", "client", "device_name", "scope", "ip_address"}. 503: so many
-- wait that no more may; 409: the code is another's, and one is drawn anew.
CREATE OR REPLACE FUNCTION device_grant_ask(device_code bytea, user_code text, asks jsonb, seconds integer, open_max integer)
RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM device_grants WHERE expires_at > now() AND status = 'pending'
                              LIMIT open_max) AS waiting) >= open_max THEN
        RETURN haven_try_again(haven_nobody());
    END IF;
    INSERT INTO device_grants (device_code_hash, user_code_hash, client_id, client, device_name, scope, ip_address, expires_at)
    VALUES (device_code, user_code, asks ->> 'client_id', asks ->> 'client', asks ->> 'device_name', asks ->> 'scope',
            (asks ->> 'ip_address')::inet, now() + make_interval(secs => seconds))
    ON CONFLICT (user_code_hash) DO NOTHING;
    RETURN CASE WHEN FOUND THEN haven_created(haven_nobody(), NULL) ELSE haven_conflict(haven_nobody(), NULL) END;
END $$;

-- One try at a code that people type, held against the limits of who tries, of their network and in all; one that finds
-- something is none. What is found waits for a word, or is what who asks has given theirs on. Each of `keys` and `most`
-- is the limit's in this order.
CREATE OR REPLACE FUNCTION haven_device_grant_try(code text, keys text[], most integer[], OUT standing haven_standing,
                                                  OUT asked device_grants)
LANGUAGE plpgsql SET haven.actor = 'gate' AS $$
DECLARE
    scopes constant text[] := '{device-code,device-code network,device-code in all}';
    longest constant interval[] := '{1 hour,10 minutes,10 minutes}';
    shortest constant interval := interval '10 minutes';
    used_up constant integer := 1000000;
BEGIN
    FOR place IN 1 .. cardinality(scopes) LOOP
        standing := haven_attempt(scopes[place], keys[place], most[place], shortest, longest[place], now());
        IF standing.refused THEN
            RETURN;
        END IF;
    END LOOP;
    SELECT * INTO asked FROM device_grants
    WHERE user_code_hash = code AND expires_at > now() AND (status = 'pending' OR user_id = haven_actor_id())
    FOR NO KEY UPDATE;
    IF FOUND THEN
        FOR place IN 1 .. cardinality(scopes) LOOP
            PERFORM haven_refund_attempt(scopes[place], keys[place], used_up, shortest, now());
        END LOOP;
    END IF;
    PERFORM haven_forget_attempts(now());
END $$;

CREATE OR REPLACE FUNCTION haven_device_grant_item(asked device_grants) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'status', CASE asked.status WHEN 'redeemed' THEN 'allowed' ELSE asked.status END,
        'client_id', asked.client_id, 'client', asked.client, 'device_name', asked.device_name, 'scope', asked.scope,
        'ip_address', host(asked.ip_address), 'requested_at', haven_utc(asked.created_at),
        'expires_at', haven_utc(asked.expires_at))
$$;

-- GET /v1/auth/device-grants/{user_code}
CREATE OR REPLACE FUNCTION device_grant_see(code text, keys text[], most integer[]) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    tried constant record := haven_device_grant_try(code, keys, most);
BEGIN
    IF (tried.standing).refused THEN
        RETURN haven_too_many(haven_who_asks(), tried.standing);
    END IF;
    IF (tried.asked).id IS NULL THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(haven_who_asks(), haven_device_grant_item(tried.asked));
END $$;

-- What nobody has decided is no row of who decides: it becomes theirs.
CREATE OR REPLACE FUNCTION haven_decide_device_grant(grant_id uuid, wanted text, log_in uuid) RETURNS device_grants
LANGUAGE sql SET haven.actor = 'gate' AS $$
    UPDATE device_grants SET status = wanted, user_id = haven_actor_id(), decided_in = log_in, decided_at = now()
    WHERE id = grant_id
    RETURNING *
$$;

-- PUT /v1/auth/device-grants/{user_code}: `decision` is allow or deny.
CREATE OR REPLACE FUNCTION device_grant_decide(code text, keys text[], most integer[], decision text, log_in uuid)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    wanted constant text := CASE decision WHEN 'allow' THEN 'allowed' ELSE 'denied' END;
    tried constant record := haven_device_grant_try(code, keys, most);
    asked device_grants := tried.asked;
BEGIN
    IF (tried.standing).refused THEN
        RETURN haven_too_many(haven_who_asks(), tried.standing);
    END IF;
    IF asked.id IS NULL THEN
        RETURN haven_not_found();
    END IF;
    IF asked.status = 'pending' THEN
        asked := haven_decide_device_grant(asked.id, wanted, log_in);
    ELSIF (asked.status = 'denied') <> (wanted = 'denied') THEN
        RETURN haven_conflict(haven_who_asks(), CASE asked.status
            WHEN 'denied' THEN 'You denied it: let the device ask anew.'
            ELSE 'You allowed it: end the device in your list of devices.' END);
    END IF;
    RETURN haven_ok(haven_who_asks(), haven_device_grant_item(asked));
END $$;

-- Whether what was allowed may still be given: the account is there, and the log-in in which it was allowed was not ended
-- because somebody else had it.
CREATE OR REPLACE FUNCTION haven_device_grant_stands(asked device_grants) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM users WHERE id = asked.user_id AND status = 'active')
       AND NOT EXISTS (SELECT FROM token_families
                       WHERE id = asked.decided_in AND revoked_at IS NOT NULL
                         AND revoked_why NOT IN ('logged_out', 'revoked'))
$$;

-- The answer was lost, as far as is known: it was given a moment ago, and nothing of it was used.
CREATE OR REPLACE FUNCTION haven_device_grant_lost(asked device_grants) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT asked.redeemed_at > now() - interval '30 seconds'
       AND EXISTS (SELECT FROM token_families AS family
                   WHERE family.id = asked.family_id AND haven_lives(family) AND family.last_used_at < family.created_at
                     AND NOT EXISTS (SELECT FROM refresh_tokens WHERE family_id = family.id AND used_at IS NOT NULL))
$$;

-- Gives the device its tokens. What was given before, and lost, is as if it had not been.
CREATE OR REPLACE FUNCTION haven_redeem_device_grant(asked device_grants, terms jsonb, access bytea, refresh bytea)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    given jsonb;
BEGIN
    given := haven_open_family(
        terms || jsonb_build_object('bearer_id', asked.user_id, 'client_id', asked.client_id)
              || haven_said(jsonb_build_object('device_name', asked.device_name)),
        access, refresh);
    -- The first use shows: what is used is noted to the minute.
    UPDATE token_families SET last_used_at = created_at - interval '2 minutes' WHERE id = (given ->> 'family_id')::uuid;
    UPDATE device_grants
    SET status = 'redeemed', redeemed_at = coalesce(redeemed_at, now()), family_id = (given ->> 'family_id')::uuid
    WHERE id = asked.id;
    DELETE FROM token_families WHERE id = asked.family_id;
    IF asked.status = 'allowed' THEN
        PERFORM letter_to_bearer('device_linked', asked.user_id);
    END IF;
    RETURN haven_ok(asked.user_id, given);
END $$;

-- POST /oauth/token, grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 3.5). `terms` and the tokens are
-- haven_open_family's, without the bearer. A poll is early where the last one that was not is less than the interval ago;
-- half a second is the network's. An early one makes the interval longer, and is not what the next is held against.
CREATE OR REPLACE FUNCTION device_grant_poll(code bytea, client text, terms jsonb, access bytea, refresh bytea)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    slower_by constant integer := 5;
    asked device_grants%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM device_grants WHERE device_code_hash = code FOR NO KEY UPDATE;
    IF NOT FOUND OR asked.client_id <> client THEN
        RETURN haven_denied(haven_nobody(), 'invalid_grant', NULL);
    END IF;
    IF asked.user_id IS NOT NULL THEN -- whose word it was is whom the record is about
        PERFORM set_config('haven.actor_id', asked.user_id::text, true), set_config('haven.actor', 'user', true);
    END IF;
    CASE
    WHEN asked.status = 'denied' THEN
        RETURN haven_denied(asked.user_id, 'access_denied', NULL);
    WHEN asked.status = 'redeemed' THEN
        IF NOT haven_device_grant_stands(asked) OR NOT haven_device_grant_lost(asked) THEN
            RETURN haven_denied(asked.user_id, 'invalid_grant', 'It was used before.');
        END IF;
        RETURN haven_redeem_device_grant(asked, terms, access, refresh);
    WHEN asked.expires_at <= now() THEN
        RETURN haven_denied(asked.user_id, 'expired_token', NULL);
    WHEN asked.status = 'allowed' THEN
        IF NOT haven_device_grant_stands(asked) THEN
            RETURN haven_denied(asked.user_id, 'access_denied', NULL);
        END IF;
        RETURN haven_redeem_device_grant(asked, terms, access, refresh);
    WHEN now() < asked.polled_at + make_interval(secs => asked.interval_seconds - 0.5) THEN
        UPDATE device_grants SET interval_seconds = interval_seconds + slower_by WHERE id = asked.id;
        RETURN haven_denied(haven_nobody(), 'slow_down', NULL);
    ELSE
        UPDATE device_grants SET polled_at = now() WHERE id = asked.id;
        RETURN haven_denied(haven_nobody(), 'authorization_pending', NULL);
    END CASE;
END $$;

-- Recorded, but for those that only say that nobody has decided: one every few seconds.
CREATE OR REPLACE FUNCTION haven_device_polled(answer haven_answer, access jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    IF answer.pointer IN ('authorization_pending', 'slow_down') THEN
        RETURN answer;
    END IF;
    RETURN haven_answered(answer, access);
END $$;

-- A device may ask after what was decided, or too late, for an hour more.
CREATE OR REPLACE FUNCTION haven_job_forget_device_grants() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM device_grants WHERE expires_at < now() - interval '1 hour';
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

CREATE OR REPLACE TRIGGER tell_change AFTER UPDATE OF status ON device_grants FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('status');
