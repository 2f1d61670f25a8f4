SELECT haven_job_lapse_claims()::bigint AS done
