SELECT haven_job_forget_deleted() AS done
