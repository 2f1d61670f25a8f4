SELECT * FROM haven_answered(webhook_get($1, $2, $3), $4)
