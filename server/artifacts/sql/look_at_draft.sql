-- $1 id. A draft as it is to be finished; no row: there is none, or none of the caller's.
SELECT draft.version, draft.exercise_id, draft.sealed, draft.sensitivity_level, draft.mime_type, draft.word_count,
       encode(saved.content_encrypted, 'base64') AS content_encrypted, saved.encryption_key_id
FROM artifact_drafts AS draft
JOIN artifact_draft_versions AS saved ON saved.draft_id = draft.id AND saved.version = draft.version
WHERE draft.id = $1
