-- The seed's two partitioned tables have partitions for January and February 2026 only, and no key.
-- A DEFAULT partition catches what no other takes, so that an insert never fails for want of a
-- partition; haven_ensure_partitions makes the proper ones, and moves what DEFAULT has caught.

ALTER TABLE session_events ADD PRIMARY KEY (id, created_at);
ALTER TABLE audit_logs ADD PRIMARY KEY (id, "timestamp");

CREATE TABLE session_events_default PARTITION OF session_events DEFAULT;
CREATE TABLE audit_logs_default PARTITION OF audit_logs DEFAULT;

-- One partition of `parent` for exactly [range_from, range_to), named after its first day in UTC.
-- It is made beside the parent, filled from DEFAULT and then attached, which locks the parent for
-- less than CREATE ... PARTITION OF.
CREATE FUNCTION haven_create_partition(parent text, key_column text, name_format text,
                                       range_from timestamptz, range_to timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition text := parent || to_char(range_from AT TIME ZONE 'UTC', name_format);
    caught boolean;
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent);
    EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', parent || '_default');
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= $1 AND %I < $2)',
                   parent || '_default', key_column, key_column)
        INTO caught USING range_from, range_to;
    IF caught THEN
        -- Moving is no change: the guard of append-only tables steps aside, within this
        -- transaction.
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', parent || '_default');
        EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= $1 AND %I < $2 RETURNING *)'
                       ' INSERT INTO %I SELECT * FROM moved',
                       parent || '_default', key_column, key_column, partition)
            USING range_from, range_to;
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', parent || '_default');
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   parent, partition, range_from, range_to);
END $$;

-- Covers [range_from, range_to) of `parent`, around the partitions there are already, whatever
-- their bounds: the example weeks of the seed begin on Thursdays.
CREATE FUNCTION haven_cover_range(parent text, key_column text, name_format text,
                                  range_from timestamptz, range_to timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    covered_to timestamptz := range_from;
    existing record;
    created integer := 0;
BEGIN
    FOR existing IN
        SELECT lower_bound, upper_bound
        FROM (SELECT (bounds[1])::timestamptz AS lower_bound,
                     (bounds[2])::timestamptz AS upper_bound
              FROM pg_inherits
              JOIN pg_class ON pg_class.oid = pg_inherits.inhrelid
              CROSS JOIN regexp_matches(pg_get_expr(pg_class.relpartbound, pg_class.oid),
                                        'FROM \(''(.+)''\) TO \(''(.+)''\)') AS bounds
              WHERE pg_inherits.inhparent = parent::regclass) AS ranges
        WHERE lower_bound < range_to AND upper_bound > range_from
        ORDER BY lower_bound
    LOOP
        IF existing.lower_bound > covered_to THEN
            PERFORM haven_create_partition(parent, key_column, name_format, covered_to,
                                           existing.lower_bound);
            created := created + 1;
        END IF;
        covered_to := greatest(covered_to, existing.upper_bound);
    END LOOP;
    IF covered_to < range_to THEN
        PERFORM haven_create_partition(parent, key_column, name_format, covered_to, range_to);
        created := created + 1;
    END IF;
    RETURN created;
END $$;

-- Partitions for the week and month of `at` and for `ahead` more of each: weeks from Monday 00:00
-- UTC, months from the first. Called when the server starts and every day. Returns how many were
-- made.
CREATE FUNCTION haven_ensure_partitions(ahead integer, at timestamptz DEFAULT now())
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    week timestamptz := date_trunc('week', at, 'UTC');
    -- Months are of unequal length: they are counted without a zone.
    month timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
    created integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('haven_ensure_partitions', 0));
    FOR i IN 0..ahead LOOP
        created := created
            + haven_cover_range('session_events', 'created_at', '_YYYY_MM_DD',
                                week + i * interval '168 hours',
                                week + (i + 1) * interval '168 hours')
            + haven_cover_range('audit_logs', 'timestamp', '_YYYY_MM',
                                (month + i * interval '1 month') AT TIME ZONE 'UTC',
                                (month + (i + 1) * interval '1 month') AT TIME ZONE 'UTC');
    END LOOP;
    RETURN created;
END $$;

SELECT haven_ensure_partitions(2);
