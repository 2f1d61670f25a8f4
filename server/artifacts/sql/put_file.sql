-- $1 id, $2 the facts of the file and of its object.
SELECT * FROM haven_answered(artifact_put_file($1, $2, $3), $4)
