-- $1 id.
SELECT * FROM haven_answered(drawing_delete($1, $2, $3), $4)
