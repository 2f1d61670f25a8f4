SELECT haven_job_expire_notifications()::bigint AS done
