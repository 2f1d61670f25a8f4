SELECT haven_job_forget_letters()::bigint AS done
