SELECT * FROM haven_answered(webhook_redeliver($1, $2, $3), $4)
