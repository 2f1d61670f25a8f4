-- $1 id. A draft as it is to be finished, and which version of its text that will be; no row: there is none, or none of
-- the caller's.
SELECT draft.version, coalesce((SELECT a.version FROM exercise_artifacts AS a WHERE a.id = $1), 0) + 1 AS text_version, draft.exercise_id, draft.sealed, draft.sensitivity_level, draft.mime_type, draft.word_count,
       encode(saved.content_encrypted, 'base64') AS content_encrypted, saved.encryption_key_id
FROM artifact_drafts AS draft
JOIN artifact_draft_versions AS saved ON saved.draft_id = draft.id AND saved.version = draft.version
WHERE draft.id = $1
