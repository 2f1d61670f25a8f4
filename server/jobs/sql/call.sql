SELECT haven_job_call()::bigint AS done
