SELECT * FROM haven_answered(webhook_put($1, $2, $3), $4)
