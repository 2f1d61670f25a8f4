SELECT * FROM haven_answered(webhook_remove($1, $2, $3), $4)
