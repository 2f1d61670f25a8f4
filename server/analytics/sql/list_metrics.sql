-- $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 query: from and to, days. Day by day.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    -- A date goes further than a time.
    SELECT (id, CASE WHEN metric_date <= '9999-12-31' THEN metric_date::timestamp AT TIME ZONE 'UTC' ELSE 'infinity' END,
           metrics_item(daily_metrics), NULL)::haven_item
    FROM daily_metrics
    WHERE $1::uuid IS NULL AND $3::uuid IS NOT DISTINCT FROM $3
      AND metric_date >= coalesce(($5::jsonb #>> '{query,from}')::date, '-infinity')
      AND metric_date <= coalesce(($5 #>> '{query,to}')::date, 'infinity')
      AND ($2::timestamptz IS NULL OR metric_date > ($2 AT TIME ZONE 'UTC')::date)
    ORDER BY metric_date
    LIMIT $4::integer + 1), $4, $6)
