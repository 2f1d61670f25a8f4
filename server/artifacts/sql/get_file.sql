-- $1 id.
SELECT * FROM haven_answered(artifact_get_file($1, $2, $3), $4)
