-- $1 id.
SELECT * FROM haven_answered(artifact_delete($1, $2, $3), $4)
