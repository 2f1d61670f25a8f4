-- $1 id.
SELECT * FROM haven_answered(notification_delete($1, $2, $3), $4)
