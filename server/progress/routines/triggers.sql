-- What changes progress. Statement by statement: a statement that touches a thousand sessions of a
-- person computes their progress once. People in one order, so that two such statements wait for
-- each other and not in a circle.

CREATE OR REPLACE FUNCTION haven_refresh_all(people uuid[], changed text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
BEGIN
    FOR person IN SELECT DISTINCT unnest(people) ORDER BY 1 LOOP
        PERFORM haven_refresh_progress(person, changed);
    END LOOP;
END $$;

-- After INSERT or DELETE, with the rows as `changed`.
CREATE OR REPLACE FUNCTION haven_rows_progress() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_refresh_all(ARRAY(SELECT user_id FROM changed), TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- A session moves often; few of its moves are progress.
CREATE OR REPLACE FUNCTION haven_moved_sessions_progress() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_refresh_all(ARRAY(
        SELECT after.user_id FROM before JOIN after USING (id)
        WHERE (before.status = 'completed', before.started_at, before.duration_minutes)
              IS DISTINCT FROM (after.status = 'completed', after.started_at, after.duration_minutes)),
        TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- The session before the progress, always: that of the exercise may be moved in the same
-- transaction, and whoever moves it locks it first.
CREATE OR REPLACE FUNCTION haven_moved_exercises_progress() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done uuid[];
BEGIN
    done := ARRAY(SELECT after.id FROM before JOIN after USING (id)
                  WHERE (before.status = 'completed', before.technique)
                        IS DISTINCT FROM (after.status = 'completed', after.technique));
    IF cardinality(done) > 0 THEN
        PERFORM FROM sessions
        WHERE id IN (SELECT session_id FROM after WHERE after.id = ANY (done))
        ORDER BY id FOR NO KEY UPDATE;
        PERFORM haven_refresh_all(ARRAY(SELECT user_id FROM after WHERE after.id = ANY (done)),
                                  TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

-- Most exercises are begun first and completed later; those written whole count at once.
CREATE OR REPLACE FUNCTION haven_new_exercises_progress() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_refresh_all(ARRAY(SELECT user_id FROM changed WHERE status = 'completed'),
                              TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- Only the first drawing is progress.
CREATE OR REPLACE FUNCTION haven_new_drawings_progress() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was constant text := haven_act_as('job');
BEGIN
    PERFORM haven_refresh_all(ARRAY(
        SELECT changed.user_id FROM changed
        WHERE NOT EXISTS (SELECT FROM user_progress
                          WHERE user_progress.user_id = changed.user_id
                            AND achievements @> '{first_bilateral_drawing}')),
        TG_TABLE_NAME);
    PERFORM haven_act_as(was);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION haven_moved_person_progress() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_refresh_progress(NEW.id, 'sessions');
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER progress_new AFTER INSERT ON sessions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION haven_rows_progress();
CREATE OR REPLACE TRIGGER progress_gone AFTER DELETE ON sessions
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION haven_rows_progress();
CREATE OR REPLACE TRIGGER progress_moved AFTER UPDATE ON sessions
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION haven_moved_sessions_progress();

CREATE OR REPLACE TRIGGER progress_new AFTER INSERT ON exercises
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION haven_new_exercises_progress();
CREATE OR REPLACE TRIGGER progress_gone AFTER DELETE ON exercises
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION haven_new_exercises_progress();
CREATE OR REPLACE TRIGGER progress_moved AFTER UPDATE ON exercises
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION haven_moved_exercises_progress();

CREATE OR REPLACE TRIGGER progress_new AFTER INSERT ON reflections
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION haven_rows_progress();
CREATE OR REPLACE TRIGGER progress_moved AFTER UPDATE ON reflections
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION haven_rows_progress();
CREATE OR REPLACE TRIGGER progress_gone AFTER DELETE ON reflections
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION haven_rows_progress();

CREATE OR REPLACE TRIGGER progress_new AFTER INSERT ON bilateral_drawings
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION haven_new_drawings_progress();

CREATE OR REPLACE TRIGGER progress_moved AFTER UPDATE OF time_zone ON users
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone)
    EXECUTE FUNCTION haven_moved_person_progress();

-- Sessions from before there was progress.
DO $$
BEGIN
    PERFORM haven_act_as('job');
    PERFORM haven_refresh_progress(user_id)
    FROM (SELECT DISTINCT user_id FROM sessions ORDER BY user_id) AS known
    WHERE NOT EXISTS (SELECT FROM user_progress WHERE user_progress.user_id = known.user_id);
END $$;
