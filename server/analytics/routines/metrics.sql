-- The figures of a day, from 00:00 to 24:00 UTC, computed from the tables by the server's own work
-- (haven_job_daily_metrics): again and again the same row, for today as far as it has come.
--   total_sessions_started        sessions begun in the day
--   total_sessions_completed      sessions completed in the day, whenever begun
--   completion_rate               of those begun in the day, the percentage completed by now
--   avg_session_duration_minutes  of those completed in the day
--   crisis_escalations            crises of the day that were passed on to somebody
--   hitl_reviews_pending          reviews asked for and not given when the day ended
--   hitl_reviews_completed        reviews given in the day
--   new_users                     accounts made in the day
--   active_users                  people who began a session, or whose session moved by what they
--                                 or their web site did: neither by timeout nor by a review
--   avg_user_satisfaction         of the feedback given in the day, 1 to 5
--   total_cost_usd                of the agents' runs in the day
CREATE OR REPLACE FUNCTION haven_day_metrics(day date) RETURNS daily_metrics
LANGUAGE plpgsql AS $$
DECLARE
    day_begin constant timestamptz := day::timestamp AT TIME ZONE 'UTC';
    day_end constant timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
    counted daily_metrics%ROWTYPE;
BEGIN
    counted.metric_date := day;
    SELECT count(*), round(100.0 * count(*) FILTER (WHERE status = 'completed')
                           / nullif(count(*), 0), 2)
    INTO counted.total_sessions_started, counted.completion_rate
    FROM sessions WHERE started_at >= day_begin AND started_at < day_end;
    SELECT count(*), round(avg(duration_minutes))
    INTO counted.total_sessions_completed, counted.avg_session_duration_minutes
    FROM sessions
    WHERE completed_at >= day_begin AND completed_at < day_end AND status = 'completed';
    SELECT count(*) INTO counted.crisis_escalations
    FROM crisis_logs
    WHERE created_at >= day_begin AND created_at < day_end
      AND escalation_status IS DISTINCT FROM 'none';
    SELECT count(*) FILTER (WHERE reviewed_at IS NULL OR reviewed_at >= day_end),
           count(*) FILTER (WHERE reviewed_at < day_end)
    INTO counted.hitl_reviews_pending, counted.hitl_reviews_completed
    FROM hitl_escalations
    WHERE (reviewed_at >= day_begin AND created_at < day_end)
       OR (reviewed_at IS NULL AND created_at < day_end);
    SELECT count(*) INTO counted.new_users
    FROM users WHERE created_at >= day_begin AND created_at < day_end;
    SELECT count(*) INTO counted.active_users
    FROM (SELECT user_id FROM sessions WHERE started_at >= day_begin AND started_at < day_end
          UNION
          SELECT user_id FROM session_events
          WHERE created_at >= day_begin AND created_at < day_end
            AND event_type IN ('state_transition', 'user_interaction')
            AND to_state IS DISTINCT FROM 'timed_out'
            AND from_state IS DISTINCT FROM 'hitl_review') AS active;
    SELECT round(avg(satisfaction), 2) INTO counted.avg_user_satisfaction
    FROM session_feedback WHERE created_at >= day_begin AND created_at < day_end;
    SELECT coalesce(sum(cost_estimate_usd), 0) INTO counted.total_cost_usd
    FROM agent_outputs WHERE created_at >= day_begin AND created_at < day_end;
    RETURN counted;
END $$;

-- Stores the figures of a day. Computed again, they replace what was stored.
CREATE OR REPLACE FUNCTION haven_job_daily_metrics(day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    was constant text := haven_act_as('job');
BEGIN
    INSERT INTO daily_metrics (metric_date, total_sessions_started, total_sessions_completed,
                               completion_rate, avg_session_duration_minutes, crisis_escalations,
                               hitl_reviews_pending, hitl_reviews_completed, new_users,
                               active_users, avg_user_satisfaction, total_cost_usd)
    SELECT metric_date, total_sessions_started, total_sessions_completed, completion_rate,
           avg_session_duration_minutes, crisis_escalations, hitl_reviews_pending,
           hitl_reviews_completed, new_users, active_users, avg_user_satisfaction, total_cost_usd
    FROM haven_day_metrics(day)
    ON CONFLICT (metric_date) DO UPDATE SET
        total_sessions_started = excluded.total_sessions_started,
        total_sessions_completed = excluded.total_sessions_completed,
        completion_rate = excluded.completion_rate,
        avg_session_duration_minutes = excluded.avg_session_duration_minutes,
        crisis_escalations = excluded.crisis_escalations,
        hitl_reviews_pending = excluded.hitl_reviews_pending,
        hitl_reviews_completed = excluded.hitl_reviews_completed,
        new_users = excluded.new_users, active_users = excluded.active_users,
        avg_user_satisfaction = excluded.avg_user_satisfaction,
        total_cost_usd = excluded.total_cost_usd, computed_at = now();
    PERFORM haven_act_as(was);
END $$;

CREATE OR REPLACE FUNCTION metrics_item(shown daily_metrics) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(shown) - 'id' || jsonb_build_object('created_at', haven_utc(shown.created_at),
                                                        'computed_at', haven_utc(shown.computed_at))
$$;

-- POST /v1/daily-metrics/{date}/computation
CREATE OR REPLACE FUNCTION metrics_compute(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    day date;
BEGIN
    BEGIN
        day := to_date(substring(asked #>> '{path,date}' FROM '^\d{4}-\d{2}-\d{2}$'), 'YYYY-MM-DD');
    EXCEPTION WHEN datetime_field_overflow THEN
        day := NULL; -- such as the 30th of February
    END;
    IF day IS NULL OR day < date '2020-01-01' THEN -- no day of this platform
        RETURN haven_not_found();
    END IF;
    IF day > (now() AT TIME ZONE 'UTC')::date THEN
        RETURN haven_conflict(haven_nobody(), 'The day has not begun.');
    END IF;
    PERFORM haven_job_daily_metrics(day);
    RETURN haven_ok(haven_nobody(), (SELECT metrics_item(daily_metrics) FROM daily_metrics
                     WHERE metric_date = day));
END $$;
