-- $1 id.
SELECT * FROM haven_answered(draft_versions($1, $2, $3), $4)
