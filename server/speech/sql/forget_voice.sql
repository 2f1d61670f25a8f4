-- $1 the key of an object that is not there any more.
DELETE FROM tts_cache WHERE minio_object_key = $1
