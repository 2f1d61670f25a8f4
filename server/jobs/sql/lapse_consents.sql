SELECT haven_job_lapse_consents() AS done
