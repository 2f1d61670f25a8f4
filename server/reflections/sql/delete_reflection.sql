-- $1 id.
SELECT * FROM haven_answered(reflection_delete($1, $2, $3), $4)
