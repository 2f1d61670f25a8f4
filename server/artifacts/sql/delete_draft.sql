-- $1 id.
SELECT * FROM haven_answered(draft_delete($1, $2, $3), $4)
