SELECT haven_job_forget_events()::bigint AS done
