-- $1 id, $2 the draft, its text sealed.
SELECT * FROM haven_answered(draft_put($1, $2, $3), $4)
