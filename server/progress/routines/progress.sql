-- A person's progress, kept in the transaction of what changes it: triggers on sessions, exercises,
-- reflections, drawings and the person's time zone call haven_refresh_progress, which computes the
-- row from the tables. What it says is therefore always a function of them, except achievements,
-- which stay.

-- The day of a moment where a person lives.
CREATE OR REPLACE FUNCTION haven_local_day(moment timestamptz, zone text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (moment AT TIME ZONE zone)::date $$;

-- The parts of a row, each computed from its tables. In PL/pgSQL, which keeps their plans.

-- The longest run of days with a session, and the run that is alive: it ends today or yesterday.
-- A day has a session when one began on it, there where the person lives.
CREATE OR REPLACE FUNCTION haven_streaks(person uuid, zone text, OUT alive integer,
                                         OUT longest integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    WITH days AS (
        SELECT DISTINCT haven_local_day(started_at, zone) AS day
        FROM sessions WHERE user_id = person
    ), runs AS (
        SELECT max(day) AS last_day, count(*)::integer AS days
        FROM (SELECT day, day - (row_number() OVER (ORDER BY day))::integer AS run
              FROM days) AS numbered
        GROUP BY run
    )
    SELECT coalesce(max(days) FILTER (WHERE last_day >= haven_local_day(now(), zone) - 1), 0),
           coalesce(max(days), 0)
    INTO alive, longest
    FROM runs;
END $$;

-- The mean of the newest half of the last ten scores against that of the half before: the last five
-- against the five before, fewer while there are fewer, none below four. A step of 0.1 counts.
CREATE OR REPLACE FUNCTION haven_sentiment_trend(person uuid) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    -- numeric, and so exact: a step of just 0.1 is one.
    newest_first constant numeric[] := ARRAY(
        SELECT sentiment_score FROM reflections
        WHERE user_id = person AND sentiment_score IS NOT NULL
        ORDER BY created_at DESC, id DESC LIMIT 10);
    half constant integer := cardinality(newest_first) / 2;
    step numeric;
BEGIN
    IF half < 2 THEN
        RETURN NULL;
    END IF;
    SELECT (sum(score) FILTER (WHERE place <= half) - sum(score) FILTER (WHERE place > half)) / half
    INTO step
    FROM unnest(newest_first[1:2 * half]) WITH ORDINALITY AS scores (score, place);
    RETURN CASE WHEN step >= 0.1 THEN 'improving' WHEN step <= -0.1 THEN 'declining'
                ELSE 'stable' END;
END $$;

-- The techniques of the exercises a person completed, each once, sorted: one look into the index
-- for each technique, however many exercises there are.
CREATE OR REPLACE FUNCTION haven_techniques(person uuid) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    used text[] := '{}';
    next_used text;
BEGIN
    SELECT min(technique) INTO next_used FROM exercises
    WHERE user_id = person AND status = 'completed';
    WHILE next_used IS NOT NULL LOOP
        used := used || next_used;
        SELECT min(technique) INTO next_used FROM exercises
        WHERE user_id = person AND status = 'completed' AND technique > next_used;
    END LOOP;
    RETURN used;
END $$;

-- Computes a person's row anew: all of it, or the part that depends on the table `changed`. One
-- writer of a row at a time; each statement below sees what others had committed when the row
-- became ours. The actor is set aside: whoever completes a session, the person's whole progress
-- counts.
CREATE OR REPLACE FUNCTION haven_refresh_progress(person uuid, changed text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    was constant text := haven_act_as('job');
    zone text;
    kept user_progress%ROWTYPE;
    reached record;
BEGIN
    INSERT INTO user_progress (user_id)
    SELECT id FROM users WHERE id = person
    ON CONFLICT (user_id) DO NOTHING;
    SELECT * INTO kept FROM user_progress WHERE user_id = person FOR NO KEY UPDATE;
    SELECT time_zone INTO zone FROM users WHERE id = person;
    IF NOT FOUND THEN
        PERFORM haven_act_as(was);
        RETURN; -- the account is being erased
    END IF;
    IF coalesce(changed, 'sessions') = 'sessions' THEN
        SELECT count(*), count(*) FILTER (WHERE status = 'completed'),
               coalesce(sum(duration_minutes), 0), max(started_at)
        INTO kept.total_sessions, kept.completed_sessions, kept.total_minutes, kept.last_session_at
        FROM sessions WHERE user_id = person;
        SELECT alive, longest INTO kept.streak_days, kept.longest_streak_days
        FROM haven_streaks(person, zone);
    END IF;
    IF coalesce(changed, 'exercises') = 'exercises' THEN
        kept.techniques_used := haven_techniques(person);
    END IF;
    IF coalesce(changed, 'reflections') = 'reflections' THEN
        SELECT avg(sentiment_score) INTO kept.avg_sentiment_score
        FROM reflections WHERE user_id = person;
        kept.sentiment_trend := haven_sentiment_trend(person);
    END IF;
    kept.achievements := coalesce(kept.achievements, '{}');
    FOR reached IN SELECT * FROM haven_achievements(kept) LOOP
        kept.achievements := kept.achievements || reached.achievement;
        PERFORM haven_notify(person, 'achievement', reached.title, reached.body, '/progress');
    END LOOP;
    UPDATE user_progress
    SET total_sessions = kept.total_sessions, completed_sessions = kept.completed_sessions,
        total_minutes = kept.total_minutes, techniques_used = kept.techniques_used,
        avg_sentiment_score = kept.avg_sentiment_score, sentiment_trend = kept.sentiment_trend,
        last_session_at = kept.last_session_at, streak_days = kept.streak_days,
        longest_streak_days = kept.longest_streak_days, achievements = kept.achievements,
        updated_at = clock_timestamp()
    WHERE user_id = person;
    PERFORM haven_act_as(was);
END $$;

-- A run ends by itself when a day passes without a session. The stored rows follow once a day;
-- reading does not wait for it. Returns how many runs ended.
CREATE OR REPLACE FUNCTION haven_job_lapse_streaks() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    was constant text := haven_act_as('job');
    ended bigint;
BEGIN
    UPDATE user_progress SET streak_days = 0, updated_at = clock_timestamp()
    FROM users
    WHERE users.id = user_progress.user_id AND streak_days > 0
      AND last_session_at < now() - interval '24 hours'
      AND haven_local_day(last_session_at, time_zone) < haven_local_day(now(), time_zone) - 1;
    GET DIAGNOSTICS ended = ROW_COUNT;
    PERFORM haven_act_as(was);
    RETURN ended;
END $$;

-- GET /v1/users/me/progress and /v1/users/{id}/progress. A person without sessions has progress,
-- too.
CREATE OR REPLACE FUNCTION progress_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := coalesce(id, haven_actor_id());
    zone text;
    kept user_progress%ROWTYPE;
BEGIN
    SELECT time_zone INTO zone FROM users WHERE users.id = person;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    SELECT * INTO kept FROM user_progress WHERE user_id = person;
    IF kept.last_session_at IS NULL
       OR haven_local_day(kept.last_session_at, zone) < haven_local_day(now(), zone) - 1 THEN
        kept.streak_days := 0;
    END IF;
    kept.user_id := person;
    kept.total_sessions := coalesce(kept.total_sessions, 0);
    kept.completed_sessions := coalesce(kept.completed_sessions, 0);
    kept.total_minutes := coalesce(kept.total_minutes, 0);
    kept.longest_streak_days := coalesce(kept.longest_streak_days, 0);
    kept.techniques_used := coalesce(kept.techniques_used, '{}');
    kept.achievements := coalesce(kept.achievements, '{}');
    RETURN haven_ok(person, to_jsonb(kept) - 'id'
                    || jsonb_build_object('last_session_at', haven_utc(kept.last_session_at),
                                          'updated_at', haven_utc(kept.updated_at),
                                          'time_zone', zone));
END $$;
