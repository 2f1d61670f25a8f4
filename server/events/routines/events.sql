-- Events: what happened, for those who may know of it. Written by triggers in the transaction of what they are about.

-- Of the person whose row it is: its kind, and the scope of the services that hear it, too.
CREATE OR REPLACE FUNCTION haven_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events (kind, resource_type, resource_id, user_id, for_person, for_scope)
    VALUES (TG_ARGV[0], TG_TABLE_NAME, NEW.id, NEW.user_id, true, TG_ARGV[1]);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER tell_event_new AFTER INSERT ON sessions
    FOR EACH ROW EXECUTE FUNCTION haven_tell_event('session.moved', 'sessions');
CREATE OR REPLACE TRIGGER tell_event AFTER UPDATE OF status ON sessions
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION haven_tell_event('session.moved', 'sessions');
CREATE OR REPLACE TRIGGER tell_event AFTER INSERT ON bilateral_drawings
    FOR EACH ROW EXECUTE FUNCTION haven_tell_event('drawing.stored', 'sessions');
CREATE OR REPLACE TRIGGER tell_event AFTER INSERT ON notifications
    FOR EACH ROW EXECUTE FUNCTION haven_tell_event('notification.created', 'notifications');
CREATE OR REPLACE TRIGGER tell_event AFTER INSERT OR UPDATE OF withdrawn_at ON consent_records
    FOR EACH ROW EXECUTE FUNCTION haven_tell_event('consent.changed', 'consents');
-- Of programs before version 39.
DROP FUNCTION IF EXISTS haven_tell_session(), haven_tell_drawing(), haven_tell_notification(), haven_tell_consent();

-- Servers that listen look at once; those behind a pooler look every second.
CREATE OR REPLACE FUNCTION haven_wake_servers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('haven_events', '');
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER wake_servers AFTER INSERT ON events
    FOR EACH STATEMENT EXECUTE FUNCTION haven_wake_servers();

-- Numbers what was committed since, a thousand at a time. One at a time does, and until its own transaction ends: what has a
-- position was committed before anything with a higher one, however long a transaction took that wrote it. Whoever
-- has read up to a position has therefore seen all that will ever stand before it. What webhooks are to be sent is
-- written at the same moment, so once.
CREATE OR REPLACE FUNCTION events_number() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    numbered integer;
BEGIN
    IF NOT EXISTS (SELECT FROM events WHERE position IS NULL) THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('haven events', 0));
    WITH committed AS (
        SELECT number FROM events WHERE position IS NULL ORDER BY number LIMIT 1000
    ), placed AS (
        SELECT number, nextval('event_positions') AS place FROM committed
    ), told AS (
        UPDATE events SET position = placed.place FROM placed WHERE events.number = placed.number
        RETURNING events.*
    ), wanted AS (
        INSERT INTO webhook_deliveries (webhook_id, event_id, user_id, kind, resource_type, resource_id, event_at)
        SELECT webhooks.id, told.id, told.user_id, told.kind, told.resource_type, told.resource_id, told.created_at
        FROM told JOIN webhooks ON webhooks.status = 'active' AND told.kind = ANY (webhooks.kinds)
        JOIN services ON services.id = webhooks.service_id AND services.status = 'active'
         AND told.for_scope = ANY (services.scopes)
        WHERE event_is_for_services(told.kind, told.user_id)
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO numbered FROM told;
    RETURN numbered;
END $$;

-- Services hear nothing of a person who does not consent to the processing of their data but that they do not.
CREATE OR REPLACE FUNCTION event_is_for_services(kind text, person uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT kind = 'consent.changed' OR person IS NULL OR haven_consents(person, 'data_processing') $$;

-- A position as the server hands it about, and back.
CREATE OR REPLACE FUNCTION event_place(place bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT lpad(to_hex(place), 32, '0')::uuid $$;
CREATE OR REPLACE FUNCTION event_position(place uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || right(replace(place::text, '-', ''), 16))::bit(64)::bigint $$;

-- Where a reader begins who has `seen` last: behind it; where that is not there (any more), at the newest.
CREATE OR REPLACE FUNCTION event_start(seen uuid, OUT place uuid, OUT id uuid, OUT known boolean) LANGUAGE sql STABLE AS $$
    SELECT event_place(coalesce(held.position, newest.position, 0)), coalesce(held.id, newest.id), held.id IS NOT NULL
    FROM (SELECT) AS always
    LEFT JOIN (SELECT events.id, position FROM events WHERE events.id = seen AND position IS NOT NULL) AS held ON true
    LEFT JOIN (SELECT events.id, position FROM events WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1) AS newest
      ON true
$$;

CREATE OR REPLACE FUNCTION event_item(told events) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('id', told.id, 'kind', told.kind, 'resource_type', told.resource_type,
                              'resource_id', told.resource_id, 'at', haven_utc(told.created_at))
$$;

CREATE OR REPLACE FUNCTION haven_job_forget_events() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM webhook_deliveries WHERE created_at < now() - interval '30 days';
    WITH gone AS (
        DELETE FROM events WHERE number IN (SELECT number FROM events WHERE created_at < now() - interval '7 days'
                                            ORDER BY created_at LIMIT 100000)
        RETURNING 1)
    SELECT count(*) INTO forgotten FROM gone;
    RETURN forgotten;
END $$;
