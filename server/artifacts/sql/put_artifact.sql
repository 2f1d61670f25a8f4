-- $1 id, $2 the artifact, its text sealed where it is to be.
SELECT * FROM haven_answered(artifact_put($1, $2, $3), $4)
