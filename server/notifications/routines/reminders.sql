-- Reminders that people set themselves: at a time of some days of the week, where they live. A time that does not exist on a
-- day, because clocks go forward, comes as much later (02:30 at 03:30); one that is there twice, because they go back, comes
-- once, the second time. So says PostgreSQL of such a time.

-- The newest time of a reminder that is not after `at`, and the first after it.
CREATE OR REPLACE FUNCTION reminder_times(zone text, days text[], local_time time, at timestamptz, OUT last_at timestamptz,
                                          OUT next_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT max(moment) FILTER (WHERE moment <= at), min(moment) FILTER (WHERE moment > at)
    FROM (SELECT (day + local_time) AT TIME ZONE zone AS moment
          FROM (SELECT (at AT TIME ZONE zone)::date + near AS day FROM generate_series(-9, 15) AS near) AS near_days
          WHERE rtrim(to_char(day, 'day')) = ANY (days)) AS moments
$$;

CREATE OR REPLACE FUNCTION reminder_json(kept reminders) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', kept.id, 'days', kept.days, 'local_time', haven_clock(kept.local_time), 'time_zone', time_zone,
        'next_at', haven_utc(kept.next_at), 'created_at', haven_utc(kept.created_at))
    FROM users WHERE users.id = kept.user_id
$$;

-- GET /v1/users/me/reminders
CREATE OR REPLACE FUNCTION reminders_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_actor_id(), jsonb_build_object(
        'items', coalesce(jsonb_agg(reminder_json(reminders) ORDER BY created_at, reminders.id), '[]')))
    FROM reminders WHERE user_id = haven_actor_id()
$$;

-- GET /v1/users/me/reminders/{id}
CREATE OR REPLACE FUNCTION reminder_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT haven_ok(haven_actor_id(), reminder_json(reminders)) FROM reminders
                     WHERE reminders.id = reminder_get.id AND user_id = haven_actor_id()), haven_not_found())
$$;

-- PUT /v1/users/me/reminders/{id}
CREATE OR REPLACE FUNCTION reminder_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    most constant integer := 10;
    person constant uuid := haven_actor_id();
    week constant text[] := '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}';
    wanted_days constant text[] := ARRAY(SELECT day FROM unnest(week) AS day WHERE body -> 'days' ? day);
    wanted_time constant time := (body ->> 'local_time')::time;
    place constant text := '/v1/users/me/reminders/' || id;
    claim text;
BEGIN
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(person, 0)); -- one at a time: they are counted
    claim := haven_claim('reminder', id, jsonb_build_object('days', wanted_days, 'local_time', body -> 'local_time'), asked);
    IF claim <> 'new' THEN
        RETURN haven_claimed(person, claim, place, reminder_get(id, NULL, asked),
                             'A reminder is never changed: delete it and set another.');
    END IF;
    IF (SELECT count(*) FROM reminders WHERE user_id = person) >= most THEN
        RETURN haven_conflict(person, format('There are %s reminders, which is the most: delete one first.', most));
    END IF;
    INSERT INTO reminders (id, user_id, days, local_time, next_at)
    SELECT reminder_put.id, person, wanted_days, wanted_time,
           (reminder_times(time_zone, wanted_days, wanted_time, now())).next_at
    FROM users WHERE users.id = person;
    RETURN haven_written(person, true, place, reminder_get(id, NULL, asked));
END $$;

-- DELETE /v1/users/me/reminders/{id}
CREATE OR REPLACE FUNCTION reminder_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reminders WHERE reminders.id = reminder_delete.id AND user_id = haven_actor_id();
    RETURN CASE WHEN FOUND THEN haven_no_content(haven_actor_id()) ELSE haven_not_found() END;
END $$;

-- Tells what is due at this moment, once each, whichever server asks: a reminder is taken by the one that moves it on. Of
-- those that nobody looked at for a while, because no server was there, the newest counts, and that for an hour: what is
-- later is dropped. Nothing is told to who is suspended or does not consent to the processing of their data. `words` are
-- {"LANGUAGE": {"title", "body"}}. Returns how many were told.
CREATE OR REPLACE FUNCTION haven_job_remind(at timestamptz, words jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    late_max constant interval := interval '1 hour';
    most constant integer := 10000; -- at once; the others in a minute
    due record;
    times record;
    said jsonb;
    told bigint := 0;
BEGIN
    FOR due IN
        SELECT reminders.*, users.time_zone, users.preferred_language, users.status
        FROM reminders JOIN users ON users.id = reminders.user_id
        WHERE reminders.next_at <= at
        ORDER BY reminders.next_at LIMIT most
        FOR UPDATE OF reminders SKIP LOCKED
    LOOP
        times := reminder_times(due.time_zone, due.days, due.local_time, at);
        UPDATE reminders SET next_at = times.next_at WHERE reminders.id = due.id;
        IF due.status = 'active' AND times.last_at >= due.next_at AND times.last_at > at - late_max
           AND haven_consents(due.user_id, 'data_processing') THEN
            said := coalesce(words -> split_part(lower(due.preferred_language), '-', 1), words -> 'en');
            PERFORM haven_tell(gen_random_uuid(), due.user_id, 'reminder', said ->> 'title', said ->> 'body', '/sessions',
                               times.last_at + interval '1 day', 'reminder', at, times.last_at + late_max);
            told := told + 1;
        END IF;
    END LOOP;
    RETURN told;
END $$;

-- Who moves is reminded where they live now.
CREATE OR REPLACE FUNCTION haven_move_reminders() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    UPDATE reminders SET next_at = (reminder_times(NEW.time_zone, days, local_time, now())).next_at WHERE user_id = NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER move_reminders AFTER UPDATE OF time_zone ON users
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION haven_move_reminders();
