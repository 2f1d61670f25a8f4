SELECT haven_job_forget_keys()::bigint AS done
