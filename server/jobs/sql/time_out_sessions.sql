SELECT haven_job_timeout_sessions()::bigint AS done
