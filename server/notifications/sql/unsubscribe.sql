-- $1 user_id, $2 a notification_type, $3 access.
SELECT status, body, pointer, detail FROM haven_answered(unsubscription_post($1, $2), $3)
