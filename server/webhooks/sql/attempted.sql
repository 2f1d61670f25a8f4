-- $1 the delivery, $2 the status of the answer or NULL, $3 why there was none, $4 how long it took, $5 whether it was taken.
SELECT webhook_attempted($1, $2::integer, $3, $4::integer, $5) AS given_up
