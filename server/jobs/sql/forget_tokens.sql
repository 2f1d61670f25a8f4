SELECT haven_job_forget_tokens() AS done
