SELECT haven_job_forget_drafts() AS done
