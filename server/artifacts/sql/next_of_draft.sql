-- $1 id. Which version of the draft the next save is.
SELECT coalesce((SELECT version FROM artifact_drafts WHERE id = $1), 0) + 1 AS version
