SELECT haven_job_trim_tts_cache()::bigint AS done
