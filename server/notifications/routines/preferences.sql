-- How people want to be told of things, by kind and by way, and their quiet hours.

-- Whether the person wants what is of this type, `in_app` or by `letter`. Asked when they are told, and of a letter once
-- more when it is sent.
CREATE OR REPLACE FUNCTION haven_wants(person uuid, type text, way text) RETURNS boolean
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT CASE way WHEN 'letter' THEN coalesce(type = ANY (by_letter), false)
                    ELSE coalesce(type <> ALL (not_in_app), true) END
    FROM (SELECT person AS id) AS asked LEFT JOIN notification_preferences ON user_id = asked.id
$$;

-- The end of the person's quiet hours, where they are in them at this moment; the moment itself where not.
CREATE OR REPLACE FUNCTION haven_after_quiet(person uuid, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT coalesce((
        SELECT greatest(at, (here::date + CASE WHEN here::time < quiet_until THEN 0 ELSE 1 END + quiet_until)
                            AT TIME ZONE time_zone)
        FROM (SELECT at AT TIME ZONE users.time_zone AS here, users.time_zone, quiet_from, quiet_until
              FROM users JOIN notification_preferences ON user_id = users.id WHERE users.id = person) AS hours
        WHERE CASE WHEN quiet_from < quiet_until THEN here::time >= quiet_from AND here::time < quiet_until
                   ELSE here::time >= quiet_from OR here::time < quiet_until END), at)
$$;

CREATE OR REPLACE FUNCTION haven_notification_types() RETURNS text[] LANGUAGE sql IMMUTABLE AS
$$ SELECT '{session_reviewed,reminder,achievement,system}'::text[] $$;

CREATE OR REPLACE FUNCTION haven_clock(told time) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT to_char(told, 'HH24:MI') $$;

CREATE OR REPLACE FUNCTION preferences_json(person uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT (SELECT jsonb_object_agg(type, jsonb_build_object('in_app', type <> ALL (coalesce(not_in_app, '{}')),
                                                             'letter', type = ANY (coalesce(by_letter, '{}'))))
            FROM unnest(haven_notification_types()) AS type)
        || jsonb_build_object(
            'quiet_hours', CASE WHEN quiet_from IS NOT NULL
                                THEN jsonb_build_object('from', haven_clock(quiet_from), 'until', haven_clock(quiet_until)) END,
            'time_zone', time_zone, 'language', coalesce(preferred_language, 'en'))
    FROM users LEFT JOIN notification_preferences ON user_id = users.id
    WHERE users.id = person
$$;

-- GET /v1/users/me/notification-preferences
CREATE OR REPLACE FUNCTION preferences_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS
$$ SELECT haven_ok(haven_actor_id(), preferences_json(haven_actor_id())) $$;

-- PATCH /v1/users/me/notification-preferences: what is not named stays.
CREATE OR REPLACE FUNCTION preferences_patch(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := haven_actor_id();
    types constant text[] := haven_notification_types();
    kept notification_preferences%ROWTYPE;
BEGIN
    PERFORM FROM users WHERE users.id = person FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, preferences_json(person)) THEN
        RETURN haven_stale(person);
    END IF;
    SELECT * INTO kept FROM notification_preferences WHERE user_id = person;
    IF body ? 'quiet_hours' THEN
        IF body -> 'quiet_hours' = 'null' THEN
            kept.quiet_from := NULL;
            kept.quiet_until := NULL;
        ELSE
            kept.quiet_from := coalesce((body #>> '{quiet_hours,from}')::time, kept.quiet_from);
            kept.quiet_until := coalesce((body #>> '{quiet_hours,until}')::time, kept.quiet_until);
            IF kept.quiet_from IS NULL OR kept.quiet_until IS NULL OR kept.quiet_from = kept.quiet_until THEN
                RETURN haven_invalid(person, '/quiet_hours', 'malformed', 'must be from one time until another; null where there are none');
            END IF;
        END IF;
    END IF;
    kept.not_in_app := ARRAY(SELECT type FROM unnest(types) AS type
                             WHERE NOT coalesce((body #>> ARRAY[type, 'in_app'])::boolean,
                                                type <> ALL (coalesce(kept.not_in_app, '{}'))));
    kept.by_letter := ARRAY(SELECT type FROM unnest(types) AS type
                            WHERE coalesce((body #>> ARRAY[type, 'letter'])::boolean,
                                           type = ANY (coalesce(kept.by_letter, '{}'))));
    INSERT INTO notification_preferences (user_id, not_in_app, by_letter, quiet_from, quiet_until)
    VALUES (person, kept.not_in_app, kept.by_letter, kept.quiet_from, kept.quiet_until)
    ON CONFLICT (user_id) DO UPDATE
    SET not_in_app = excluded.not_in_app, by_letter = excluded.by_letter, quiet_from = excluded.quiet_from,
        quiet_until = excluded.quiet_until, updated_at = now();
    RETURN haven_written(person, false, '/v1/users/me/notification-preferences', preferences_get(NULL, NULL, asked));
END $$;

-- POST /v1/unsubscriptions/{token}, which the server has read and found to be its own: no more letters of the type. As often
-- as somebody asks.
CREATE OR REPLACE FUNCTION unsubscription_post(person uuid, type text) RETURNS haven_answer
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    PERFORM FROM users WHERE id = person FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    UPDATE notification_preferences SET by_letter = array_remove(by_letter, type), updated_at = now()
    WHERE user_id = person AND type = ANY (by_letter);
    RETURN haven_no_content(person);
END $$;

CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR UPDATE ON notification_preferences FOR EACH ROW
    EXECUTE FUNCTION haven_tell_change('not_in_app', 'by_letter', 'quiet_from', 'quiet_until');
