-- $3 path: date. The figures of a day anew.
SELECT * FROM haven_answered(metrics_compute($1::uuid, $2::jsonb, $3::jsonb), $4)
