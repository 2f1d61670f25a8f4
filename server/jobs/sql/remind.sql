-- $1 the words, by language.
SELECT haven_job_remind(now(), $1::jsonb) AS done
