-- $1 id.
SELECT * FROM haven_answered(artifact_versions_get($1, $2, $3), $4)
