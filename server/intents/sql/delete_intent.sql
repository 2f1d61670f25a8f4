-- $1 id.
SELECT * FROM haven_answered(intent_delete($1, $2, $3), $4)
