-- $1 NULL. By day, which begins at 00:00 UTC. A date goes further than a time.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, begins, metrics_item(daily_metrics), NULL)::haven_item
    FROM daily_metrics, LATERAL (
        SELECT CASE WHEN metric_date <= '9999-12-31' THEN metric_date::timestamp AT TIME ZONE 'UTC' ELSE 'infinity' END AS begins) AS day
    WHERE $1::uuid IS NULL AND $7::jsonb IS NOT NULL
      AND (begins, id) > ($2::timestamptz, $3::uuid) AND (begins, id) < ($4::timestamptz, $5::uuid)
    ORDER BY begins DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
