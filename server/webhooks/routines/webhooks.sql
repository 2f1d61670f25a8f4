-- Webhooks: whom events are sent to, and how it went. What is to be sent is written when events are numbered
-- (events_number); server/webhooks/sender.hpp sends it.

CREATE OR REPLACE FUNCTION webhook_item(hook webhooks) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', hook.id, 'service_id', hook.service_id, 'url', hook.url, 'kinds', to_jsonb(hook.kinds), 'status', hook.status,
        'older_secret_until', CASE WHEN hook.older_until > now() THEN haven_utc(hook.older_until) END,
        'created_at', haven_utc(hook.created_at), 'updated_at', haven_utc(hook.updated_at))
$$;

-- PUT /v1/webhooks/{id}: made (If-None-Match: *) with a secret, which stays when it is changed (If-Match).
CREATE OR REPLACE FUNCTION webhook_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    service constant uuid := (body ->> 'service_id')::uuid;
    known webhooks;
    is_new boolean;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO known FROM webhooks WHERE webhooks.id = webhook_put.id;
    is_new := NOT FOUND;
    IF NOT (CASE WHEN is_new THEN asked ? 'if_none_match' ELSE haven_matches(asked, webhook_item(known)) END) THEN
        RETURN haven_stale(haven_nobody());
    END IF;
    IF NOT EXISTS (SELECT FROM services WHERE services.id = service) THEN
        RETURN haven_names_nothing(haven_nobody(), '/service_id');
    END IF;
    IF is_new AND (SELECT count(*) FROM webhooks) >= 100 THEN
        RETURN haven_conflict(haven_nobody(), 'There are a hundred already: remove one.');
    END IF;
    INSERT INTO webhooks (id, service_id, url, kinds, status, secret_id, sealed_secret, master_key)
    VALUES (id, service, body ->> 'url', haven_texts(body -> 'kinds'), coalesce(body ->> 'status', 'active'),
            (body ->> 'secret_id')::uuid, decode(body ->> 'sealed_secret', 'base64'), body ->> 'master_key')
    ON CONFLICT ON CONSTRAINT webhooks_pkey DO UPDATE
    SET service_id = EXCLUDED.service_id, url = EXCLUDED.url, kinds = EXCLUDED.kinds, status = EXCLUDED.status,
        updated_at = now()
    RETURNING * INTO known;
    RETURN haven_written(haven_nobody(), is_new, '/v1/webhooks/' || id, webhook_get(id, NULL, asked));
END $$;

CREATE OR REPLACE FUNCTION webhook_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(haven_nobody(), webhook_item(webhooks)) FROM webhooks WHERE webhooks.id = webhook_get.id),
                    haven_not_found())
$$;

CREATE OR REPLACE FUNCTION webhook_remove(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM webhooks WHERE webhooks.id = webhook_remove.id;
    RETURN CASE WHEN FOUND THEN haven_no_content(haven_nobody()) ELSE haven_not_found() END;
END $$;

-- POST /v1/webhooks/{id}/secret: the older one signs too, for as long as is said.
CREATE OR REPLACE FUNCTION webhook_rotate(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    overlap constant interval := make_interval(secs => coalesce((body ->> 'overlap_seconds')::integer, 86400));
    known webhooks;
BEGIN
    UPDATE webhooks
    SET older_secret_id = CASE WHEN overlap > interval '0' THEN secret_id END,
        older_sealed_secret = CASE WHEN overlap > interval '0' THEN webhooks.sealed_secret END,
        older_master_key = CASE WHEN overlap > interval '0' THEN webhooks.master_key END,
        older_until = CASE WHEN overlap > interval '0' THEN now() + overlap END,
        secret_id = (body ->> 'secret_id')::uuid, sealed_secret = decode(body ->> 'sealed_secret', 'base64'),
        master_key = body ->> 'master_key', updated_at = now()
    WHERE webhooks.id = webhook_rotate.id
    RETURNING * INTO known;
    RETURN CASE WHEN FOUND THEN haven_created(haven_nobody(), webhook_item(known)) ELSE haven_not_found() END;
END $$;

CREATE OR REPLACE FUNCTION webhook_delivery_item(sent webhook_deliveries) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', sent.id, 'event_id', sent.event_id, 'kind', sent.kind, 'resource_type', sent.resource_type,
        'resource_id', sent.resource_id, 'event_at', haven_utc(sent.event_at),
        'status', CASE WHEN sent.delivered_at IS NOT NULL THEN 'delivered' WHEN sent.given_up_at IS NOT NULL THEN 'given_up'
                       ELSE 'waiting' END,
        'next_attempt_at', CASE WHEN sent.delivered_at IS NULL AND sent.given_up_at IS NULL
                                THEN haven_utc(sent.next_attempt_at) END,
        'created_at', haven_utc(sent.created_at),
        'attempts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                         'number', number, 'at', haven_utc(created_at), 'response_status', response_status,
                         'failure', failure, 'duration_ms', duration_ms) ORDER BY number), '[]')
                     FROM (SELECT * FROM webhook_attempts WHERE delivery_id = sent.id ORDER BY number DESC LIMIT 50) AS newest))
$$;

-- POST /v1/webhooks/{id}/deliveries/{delivery_id}/redelivery: once more, from the first pause on.
CREATE OR REPLACE FUNCTION webhook_redeliver(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    UPDATE webhook_deliveries
    SET tries = 0, since = now(), next_attempt_at = now(), delivered_at = NULL, given_up_at = NULL
    WHERE webhook_deliveries.id = haven_uuid_or_null(asked #>> '{path,delivery_id}') AND webhook_id = webhook_redeliver.id;
    RETURN CASE WHEN FOUND THEN haven_status(haven_nobody(), 202) ELSE haven_not_found() END;
END $$;

-- What is to be sent next, for whoever asks first; it is nobody's turn again before it would be sent once more: after 30 s,
-- a minute, two, up to six hours. Receivers that took what was sent last come first; only one who asks for those that failed, too,
-- waits for them. What is of somebody who has withdrawn their consent meanwhile is not sent.
CREATE OR REPLACE FUNCTION webhook_take(failing_too boolean DEFAULT true)
RETURNS TABLE (id uuid, webhook_id uuid, event_id uuid, kind text, resource_type text, resource_id uuid, event_at text,
               url text, secret_id uuid, sealed_secret bytea, older_secret_id uuid, older_sealed_secret bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    taken webhook_deliveries;
BEGIN
    LOOP
        UPDATE webhook_deliveries
        SET tries = tries + 1,
            next_attempt_at = now() + least(interval '30 seconds' * power(2, least(tries, 12)), interval '6 hours')
        WHERE webhook_deliveries.id = (
            SELECT due.id FROM webhook_deliveries AS due JOIN webhooks ON webhooks.id = due.webhook_id
            WHERE due.delivered_at IS NULL AND due.given_up_at IS NULL AND due.next_attempt_at <= now()
              AND webhooks.status = 'active' AND (failing_too OR webhooks.failing_since IS NULL)
            ORDER BY webhooks.failing_since IS NOT NULL, due.tries, due.next_attempt_at LIMIT 1 FOR UPDATE OF due SKIP LOCKED)
        RETURNING webhook_deliveries.* INTO taken;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        EXIT WHEN event_is_for_services(taken.kind, taken.user_id);
        DELETE FROM webhook_deliveries WHERE webhook_deliveries.id = taken.id;
    END LOOP;
    RETURN QUERY
        SELECT taken.id, hook.id, taken.event_id, taken.kind::text, taken.resource_type::text, taken.resource_id,
               haven_utc(taken.event_at), hook.url::text, hook.secret_id, hook.sealed_secret,
               CASE WHEN hook.older_until > now() THEN hook.older_secret_id END,
               CASE WHEN hook.older_until > now() THEN hook.older_sealed_secret END
        FROM webhooks AS hook WHERE hook.id = taken.webhook_id;
END $$;

-- How it went. Whether it is given up now, after three days: the supervisors hear of it, once a day.
CREATE OR REPLACE FUNCTION webhook_attempted(sent uuid, answer integer, why text, took integer, good boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    delivery webhook_deliveries;
BEGIN
    UPDATE webhook_deliveries
    SET delivered_at = CASE WHEN good THEN now() END,
        given_up_at = CASE WHEN NOT good AND since < now() - interval '3 days' THEN now() END
    WHERE id = sent
    RETURNING * INTO delivery;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE webhooks SET failing_since = CASE WHEN NOT good THEN now() END
    WHERE id = delivery.webhook_id AND (failing_since IS NULL) = NOT good;
    INSERT INTO webhook_attempts (delivery_id, number, response_status, failure, duration_ms)
    SELECT sent, coalesce(max(number), 0) + 1, answer, nullif(left(why, 100), ''), took
    FROM webhook_attempts WHERE delivery_id = sent;
    IF delivery.given_up_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM webhook_deliveries
                       WHERE webhook_id = delivery.webhook_id AND given_up_at > now() - interval '1 day' AND id <> sent) THEN
        PERFORM letter_to_bearer('webhook_failed', clinicians.id) FROM clinicians
        WHERE role = 'supervisor' AND status = 'active' AND password_hash IS NOT NULL;
    END IF;
    RETURN delivery.given_up_at IS NOT NULL;
END $$;

-- For /readyz: whether something was given up in the last day.
CREATE OR REPLACE FUNCTION webhooks_late() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM webhook_deliveries WHERE given_up_at > now() - interval '1 day')
$$;
