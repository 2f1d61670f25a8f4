SELECT * FROM haven_answered(webhook_rotate($1, $2, $3), $4)
