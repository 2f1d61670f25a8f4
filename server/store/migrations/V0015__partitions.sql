-- Partitions by themselves: pg_partman makes three weeks and three months ahead and drops what is
-- older than it is kept; where a cluster does not have it, the functions of V0002 make them and
-- nothing is dropped. pg_cron calls it where this is its database; the server calls it every hour
-- in any case.

-- What is dropped when: change part_config.retention to keep it for another time.
DO $$
DECLARE
    week timestamptz := date_trunc('week', now(), 'UTC');
    month timestamptz := date_trunc('month', now(), 'UTC');
    made record;
    holds_rows boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_partman') THEN
        RETURN;
    END IF;
    SET LOCAL timezone TO 'UTC';
    -- Partitions to come that V0002 made and nothing is in yet give way to pg_partman's.
    FOR made IN
        SELECT inhrelid::regclass AS partition, inhparent::regclass::text AS parent,
               (regexp_match(pg_get_expr(relpartbound, pg_class.oid), 'FROM \(''(.+)''\) TO'))[1]::timestamptz AS lower_bound,
               (regexp_match(pg_get_expr(relpartbound, pg_class.oid), 'TO \(''(.+)''\)'))[1]::timestamptz AS upper_bound
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent IN ('session_events'::regclass, 'audit_logs'::regclass)
          AND pg_get_expr(relpartbound, pg_class.oid) <> 'DEFAULT'
        ORDER BY 3
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', made.partition) INTO holds_rows;
        IF holds_rows THEN
            IF made.parent = 'session_events' THEN
                week := greatest(week, made.upper_bound);
            ELSE
                month := greatest(month, made.upper_bound);
            END IF;
        ELSIF made.upper_bound > now() THEN
            EXECUTE format('DROP TABLE %s', made.partition);
        END IF;
    END LOOP;
    CREATE SCHEMA partman;
    CREATE EXTENSION pg_partman SCHEMA partman;
    PERFORM partman.create_parent('public.session_events', 'created_at', '1 week', p_premake := 3,
                                  p_start_partition := week::text, p_default_table := false,
                                  p_automatic_maintenance := 'on');
    PERFORM partman.create_parent('public.audit_logs', 'timestamp', '1 month', p_premake := 3,
                                  p_start_partition := month::text, p_default_table := false,
                                  p_automatic_maintenance := 'on');
    UPDATE partman.part_config
    SET infinite_time_partitions = true, retention_keep_table = false, ignore_default_data = false,
        retention = CASE parent_table WHEN 'public.audit_logs' THEN '7 years' ELSE '3 years' END;
END $$;

-- Partitions made, what is too old dropped. A partition can be read by itself, past its parent's
-- policies: no policy of its own, no rows.
CREATE FUNCTION haven_maintain_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone TO 'UTC'
SET haven.actor TO 'job' AS $$
DECLARE
    partition regclass;
    caught timestamptz;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('haven_maintain_partitions', 0)) THEN
        RETURN;
    END IF;
    IF to_regclass('partman.part_config') IS NULL THEN
        PERFORM haven_ensure_partitions(3);
    ELSE
        -- What DEFAULT has caught gets its partitions first: they could not be made around it.
        FOREACH caught IN ARRAY ARRAY(SELECT DISTINCT date_trunc('week', created_at)
                                      FROM session_events_default LIMIT 60) LOOP
            PERFORM haven_cover_range('session_events', 'created_at', '"_p"YYYYMMDD', caught,
                                      caught + interval '7 days');
        END LOOP;
        FOREACH caught IN ARRAY ARRAY(SELECT DISTINCT date_trunc('month', "timestamp")
                                      FROM audit_logs_default LIMIT 60) LOOP
            PERFORM haven_cover_range('audit_logs', 'timestamp', '"_p"YYYYMMDD', caught,
                                      caught + interval '1 month');
        END LOOP;
        PERFORM partman.run_maintenance();
    END IF;
    FOR partition IN
        SELECT inhrelid FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent IN ('session_events'::regclass, 'audit_logs'::regclass)
          AND NOT relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', partition);
        EXECUTE format('REVOKE ALL ON %s FROM haven_app, haven_readonly', partition);
    END LOOP;
END $$;

SELECT haven_maintain_partitions();

-- What DEFAULT has caught: rows that no partition was there for.
CREATE FUNCTION haven_default_partition_rows() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET haven.actor TO 'job' AS $$
    SELECT (SELECT count(*) FROM (SELECT FROM session_events_default LIMIT 1000) AS events)
         + (SELECT count(*) FROM (SELECT FROM audit_logs_default LIMIT 1000) AS audits)
$$;

DO $$
BEGIN
    IF current_setting('cron.database_name', true) = current_database() THEN
        CREATE EXTENSION IF NOT EXISTS pg_cron;
        PERFORM cron.schedule('haven partitions', '7 * * * *', 'SELECT public.haven_maintain_partitions()');
    END IF;
END $$;
