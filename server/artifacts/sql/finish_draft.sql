-- $1 id, $2 the artifact, of the draft as it was read, its text sealed where it is to be.
SELECT * FROM haven_answered(draft_finish($1, $2, $3), $4)
