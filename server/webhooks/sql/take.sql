-- $1 whether to receivers that failed last time, too. What is to be sent next. No row: nothing is.
SELECT id, webhook_id, event_id, kind, resource_type, resource_id, event_at, url, secret_id, sealed_secret, older_secret_id,
       older_sealed_secret
FROM webhook_take($1)
