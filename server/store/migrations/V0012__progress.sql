-- What progress, notifications and the day's figures need beyond the design.

-- The zones a person may live in: IANA names, as this PostgreSQL knows them. A table and not a look
-- into pg_timezone_names, which reads a thousand files each time it is asked.
CREATE TABLE time_zones (
    name VARCHAR(64) PRIMARY KEY
);
INSERT INTO time_zones (name)
SELECT name FROM pg_timezone_names
WHERE length(name) <= 64 AND name !~ '^(posix|right)/|^(posixrules|localtime|Factory)$';
SELECT haven_protect_by('time_zones', '(SELECT haven_actor()) IS NOT NULL');
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON time_zones FROM haven_app;

-- A person's days begin and end where they live.
ALTER TABLE users ADD COLUMN time_zone VARCHAR(64) NOT NULL DEFAULT 'UTC' REFERENCES time_zones(name);
CREATE INDEX idx_users_time_zone ON users(time_zone);

-- How a person found a session, once for each.
CREATE TABLE session_feedback (
    session_id UUID PRIMARY KEY REFERENCES sessions(id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    satisfaction SMALLINT NOT NULL CHECK (satisfaction BETWEEN 1 AND 5),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_session_feedback_user_id ON session_feedback(user_id);
CREATE INDEX idx_session_feedback_created_at ON session_feedback(created_at);
SELECT haven_protect('session_feedback', 'user_id = (SELECT haven_actor_id())', '{clinician,service,job}');

-- Progress is computed from these alone, without the tables' rows.
CREATE INDEX idx_sessions_progress ON sessions(user_id, started_at)
    INCLUDE (status, duration_minutes);
CREATE INDEX idx_exercises_techniques ON exercises(user_id, technique) WHERE status = 'completed';
CREATE INDEX idx_reflections_sentiment ON reflections(user_id, created_at, id)
    INCLUDE (sentiment_score);

-- The pages of the listings, in their order.
CREATE INDEX idx_reflections_session_page ON reflections(session_id, created_at, id);
CREATE INDEX idx_notifications_page ON notifications(user_id, created_at, id);
CREATE INDEX idx_notifications_unread ON notifications(user_id, created_at, id)
    WHERE read IS NOT TRUE;
CREATE INDEX idx_notifications_expires_at ON notifications(expires_at)
    WHERE expires_at IS NOT NULL;

-- The day's figures read the rows of the day.
CREATE INDEX idx_sessions_completed_at ON sessions(completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX idx_hitl_escalations_reviewed_at ON hitl_escalations(reviewed_at);

ALTER TABLE reflections ADD CONSTRAINT reflections_word_count_check CHECK (word_count >= 0);
ALTER TABLE notifications
    ADD CONSTRAINT notifications_notification_type_check CHECK (notification_type IN
        ('session_reviewed', 'reminder', 'achievement', 'system')),
    ADD CONSTRAINT notifications_read_at_check CHECK (read_at IS NULL OR read);
ALTER TABLE daily_metrics
    ADD COLUMN computed_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    ADD CONSTRAINT daily_metrics_completion_rate_check CHECK (completion_rate BETWEEN 0 AND 100),
    ADD CONSTRAINT daily_metrics_avg_user_satisfaction_check
        CHECK (avg_user_satisfaction BETWEEN 1 AND 5);
