-- $2 what the server found in the audio: {minio_object_key, file_size_bytes, mime_type, content_sha256}.
SELECT * FROM haven_answered(tts_put($1::uuid, $2::jsonb, $3::jsonb), $4)
