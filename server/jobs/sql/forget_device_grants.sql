SELECT haven_job_forget_device_grants()::bigint AS done
