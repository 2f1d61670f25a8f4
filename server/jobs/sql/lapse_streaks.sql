SELECT haven_job_lapse_streaks()::bigint AS done
