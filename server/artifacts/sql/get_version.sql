-- $1 id.
SELECT * FROM haven_answered(artifact_version_get($1, $2, $3), $4)
