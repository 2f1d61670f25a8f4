-- Today so far, and yesterday until it is over everywhere.
SELECT haven_job_daily_metrics((now() AT TIME ZONE 'UTC')::date), haven_job_daily_metrics((now() AT TIME ZONE 'UTC')::date - 1),
       0::bigint AS done
