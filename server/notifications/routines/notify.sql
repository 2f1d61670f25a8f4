-- The server's own rules see and write what the actor who sets them off may not: a function that
-- holds one begins with `was := haven_act_as('job')` and ends with `haven_act_as(was)`. An exception
-- in between takes the change back with everything else.
CREATE OR REPLACE FUNCTION haven_act_as(actor text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    was constant text := coalesce(haven_actor(), '');
BEGIN
    PERFORM set_config('haven.actor', actor, true);
    RETURN was;
END $$;

-- Tells a person something, whoever causes it: the review of their session, an achievement. Returns
-- the notification's id, or NULL where it is not in the app: their account is deleted, or they do not want it.
CREATE OR REPLACE FUNCTION haven_notify(person uuid, type text, title text, body text,
                                        action_url text DEFAULT NULL,
                                        expires_at timestamptz DEFAULT NULL)
RETURNS uuid LANGUAGE sql AS $$
    SELECT haven_tell(gen_random_uuid(), person, type, title, body, action_url, expires_at)
$$;

-- The one place where somebody is told something: in the app and by letter, each as they want it. Of several
-- notices that wait to be sent there is one letter. `letter` is its kind, which is of no use after `letter_until`.
CREATE OR REPLACE FUNCTION haven_tell(notice uuid, person uuid, type text, title text, body text, action_url text,
                                      expires_at timestamptz, letter text DEFAULT 'notice',
                                      at timestamptz DEFAULT now(), letter_until timestamptz DEFAULT NULL)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    was constant text := haven_act_as('job');
    due constant timestamptz := CASE type WHEN 'system' THEN at ELSE haven_after_quiet(person, at) END;
    told uuid;
BEGIN
    INSERT INTO notifications (id, user_id, notification_type, title, body, action_url, expires_at)
    SELECT notice, users.id, type, haven_tell.title, haven_tell.body, haven_tell.action_url, haven_tell.expires_at
    FROM users
    WHERE users.id = person AND users.status IS DISTINCT FROM 'deleted' AND haven_wants(person, type, 'in_app')
    RETURNING id INTO told;
    INSERT INTO letters (kind, topic, bearer, user_id, email, next_attempt_at, expires_at)
    SELECT letter, type, 'user', users.id, users.email, due, letter_until
    FROM users
    WHERE users.id = person AND users.status = 'active' AND haven_wants(person, type, 'letter')
      AND coalesce(due < letter_until, true)
      AND NOT (letter = 'notice' AND EXISTS (SELECT FROM letters AS waiting
                                             WHERE waiting.user_id = person AND waiting.kind = 'notice'
                                               AND waiting.given_up_at IS NULL));
    PERFORM haven_act_as(was);
    RETURN told;
END $$;

-- Whether there is a person to be told something. Services do not see accounts.
CREATE OR REPLACE FUNCTION haven_may_notify(person uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    was constant text := haven_act_as('job');
    may constant boolean := EXISTS (SELECT FROM users
                                    WHERE id = person AND status IS DISTINCT FROM 'deleted');
BEGIN
    PERFORM haven_act_as(was);
    RETURN may;
END $$;

-- What a listing and a read show of a notification.
CREATE OR REPLACE FUNCTION notification_item(shown notifications) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(shown) - 'user_id'
        || jsonb_build_object('read_at', haven_utc(shown.read_at),
                              'created_at', haven_utc(shown.created_at),
                              'expires_at', haven_utc(shown.expires_at))
$$;

-- GET /v1/notifications/{id}
CREATE OR REPLACE FUNCTION notification_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(haven_actor_id(), notification_item(notifications)) FROM notifications
                     WHERE notifications.id = notification_get.id AND user_id = haven_actor_id()
                       AND (expires_at IS NULL OR expires_at > now())),
                    haven_not_found())
$$;

-- GET /v1/notifications/unread
CREATE OR REPLACE FUNCTION notification_count(id uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_actor_id(), jsonb_build_object('unread', count(*))) FROM notifications
    WHERE user_id = haven_actor_id() AND read IS NOT TRUE
      AND (expires_at IS NULL OR expires_at > now())
$$;

-- What the service that told it is answered: the notification as it was told. Whether the person is shown it, and has read it,
-- is none of the service's business.
CREATE OR REPLACE FUNCTION notification_told(id uuid, said jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_ok((said ->> 'user_id')::uuid, notification_item(jsonb_populate_record(
        NULL::notifications, said || jsonb_build_object('id', id, 'read', false, 'created_at', created_at))))
    FROM write_receipts WHERE resource_type = 'notification' AND resource_id = notification_told.id
$$;

-- PUT /v1/notifications/{id}, by a service, who does not learn what the person wants to be told.
CREATE OR REPLACE FUNCTION notification_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := (body ->> 'user_id')::uuid;
    expires constant timestamptz := (body ->> 'expires_at')::timestamptz;
    claim text;
BEGIN
    IF NOT haven_may_notify(person) THEN
        RETURN haven_names_nothing(haven_nobody(), '/user_id');
    END IF;
    IF expires NOT BETWEEN now() - interval '1 year' AND now() + interval '10 years' THEN
        RETURN haven_invalid(person, '/expires_at', CASE WHEN expires < now() THEN 'too_small' ELSE 'too_large' END,
                             'must be within ten years; null where it never expires');
    END IF;
    claim := haven_claim('notification', id, body, asked);
    IF claim <> 'new' THEN
        RETURN haven_claimed(person, claim, '/v1/notifications/' || id, notification_told(id, body),
                             'The notification was written with other content.');
    END IF;
    PERFORM haven_tell(id, person, body ->> 'notification_type', body ->> 'title', body ->> 'body',
                       body ->> 'action_url', expires);
    RETURN haven_written(person, true, '/v1/notifications/' || id, notification_told(id, body));
END $$;

-- PUT /v1/notifications/{id}/read. The first time counts.
CREATE OR REPLACE FUNCTION notification_mark_read(id uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    UPDATE notifications SET read = true, read_at = coalesce(read_at, now())
    WHERE notifications.id = notification_mark_read.id AND user_id = haven_actor_id()
      AND (expires_at IS NULL OR expires_at > now());
    RETURN CASE WHEN FOUND THEN haven_written(haven_actor_id(), false, '/v1/notifications/' || id,
                                              notification_get(id, NULL, asked))
                ELSE haven_not_found() END;
END $$;

-- PUT /v1/notifications/read: all that the person who asks has not read.
CREATE OR REPLACE FUNCTION notification_mark_all_read(id uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    marked bigint;
BEGIN
    UPDATE notifications SET read = true, read_at = now()
    WHERE user_id = haven_actor_id() AND read IS NOT TRUE
      AND (expires_at IS NULL OR expires_at > now());
    GET DIAGNOSTICS marked = ROW_COUNT;
    RETURN haven_ok(haven_actor_id(), jsonb_build_object('marked', marked));
END $$;

-- Removes what has expired. Returns how many.
CREATE OR REPLACE FUNCTION haven_job_expire_notifications() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    was constant text := haven_act_as('job');
    removed bigint;
BEGIN
    DELETE FROM notifications WHERE expires_at <= now();
    GET DIAGNOSTICS removed = ROW_COUNT;
    PERFORM haven_act_as(was);
    RETURN removed;
END $$;
