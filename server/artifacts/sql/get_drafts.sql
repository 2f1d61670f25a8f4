-- $1 unused.
SELECT * FROM haven_answered(drafts_get($1, $2, $3), $4)
