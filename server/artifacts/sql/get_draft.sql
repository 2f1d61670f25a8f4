-- $1 id.
SELECT * FROM haven_answered(draft_get($1, $2, $3), $4)
