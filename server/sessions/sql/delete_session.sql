-- $1 id.
SELECT * FROM haven_answered(session_delete($1, $2, $3), $4)
