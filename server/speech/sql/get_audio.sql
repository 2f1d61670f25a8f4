-- $1 text_hash.
SELECT minio_object_key, mime_type, set_config('haven.status', '200', true) FROM tts_cache WHERE text_hash = $1
