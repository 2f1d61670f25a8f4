-- $1 text_hash, $2 access.
SELECT answer.status, minio_object_key, mime_type
FROM (SELECT) AS one
LEFT JOIN tts_cache AS voice ON voice.text_hash = $1,
     haven_answered(CASE WHEN voice.id IS NULL THEN haven_not_found() ELSE haven_status(haven_nobody(), 200) END, $2) AS answer
