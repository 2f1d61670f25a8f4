-- Voices that were rendered once and are kept. Found by the SHA-256 of the voice's id, a line feed and
-- the text, all in UTF-8, as 64 hexadecimal digits in lower case: another voice is another entry.

CREATE OR REPLACE FUNCTION tts_item(voice tts_cache) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(voice) - 'minio_object_key' || jsonb_build_object(
        'created_at', haven_utc(voice.created_at),
        'last_accessed_at', haven_utc(voice.last_accessed_at))
$$;

-- A lookup: a hit is counted.
CREATE OR REPLACE FUNCTION tts_get(nothing uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    hit tts_cache%ROWTYPE;
BEGIN
    UPDATE tts_cache SET cache_hits = coalesce(cache_hits, 0) + 1, last_accessed_at = now()
    WHERE text_hash = asked #>> '{path,text_hash}'
    RETURNING * INTO hit;
    RETURN CASE WHEN FOUND THEN haven_ok(haven_nobody(), tts_item(hit)) ELSE haven_not_found() END;
END $$;

-- `body` is the server's own: what it found in the audio, and where it put it.
CREATE OR REPLACE FUNCTION tts_put(nothing uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    hash constant text := asked #>> '{path,text_hash}';
    id constant uuid := haven_id_of_name('voice ' || hash);
    query constant jsonb := asked -> 'query';
    personal constant boolean := coalesce((query ->> 'is_personal')::boolean, true);
    place constant text := '/v1/tts-cache/' || hash;
    claim text;
    known tts_cache%ROWTYPE;
BEGIN
    IF personal AND query ? 'text_preview' THEN
        RETURN haven_invalid(haven_nobody(), '/text_preview', 'not_allowed', 'is for a text marked with is_personal=false alone');
    END IF;
    claim := haven_claim('voice', id, jsonb_build_object('voice_id', query -> 'voice_id',
                                                         'content_sha256', body -> 'content_sha256'), asked);
    IF claim <> 'new' THEN
        SELECT * INTO known FROM tts_cache WHERE text_hash = hash;
        RETURN CASE WHEN NOT FOUND THEN haven_try_again(haven_nobody()) -- it makes room at this moment
                    ELSE haven_claimed(haven_nobody(), claim, place, haven_ok(haven_nobody(), tts_item(known)),
                                       'This text is kept with another audio already: use that one.') END;
    END IF;
    -- The object gets its row.
    DELETE FROM loose_objects
    WHERE object_key = body ->> 'minio_object_key' AND condemned_at IS NULL;
    IF NOT FOUND THEN -- it took too long
        RETURN haven_try_again(haven_nobody());
    END IF;
    INSERT INTO tts_cache (id, text_hash, voice_id, text_preview, minio_object_key,
                           audio_duration_seconds, file_size_bytes, mime_type, last_accessed_at,
                           is_personal)
    VALUES (id, hash, query ->> 'voice_id', query ->> 'text_preview', body ->> 'minio_object_key',
            (query ->> 'audio_duration_seconds')::numeric, (body ->> 'file_size_bytes')::bigint,
            body ->> 'mime_type', now(), personal)
    RETURNING * INTO known;
    RETURN haven_written(haven_nobody(), true, place, haven_ok(haven_nobody(), tts_item(known)));
END $$;

-- A voice of a personal text goes an hour after it was used last, so that a session hears it again and
-- nobody later finds it. Of the others the most recently used stay, up to `bytes_max` together. The rows that
-- go condemn their objects. How many those were.
CREATE OR REPLACE FUNCTION haven_job_trim_tts_cache(bytes_max bigint DEFAULT 4294967296)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    evicted integer;
BEGIN
    DELETE FROM tts_cache
    USING (SELECT id, sum(coalesce(file_size_bytes, 0)) OVER (
                          ORDER BY last_accessed_at DESC NULLS LAST, id) AS bytes
           FROM tts_cache) AS ranked
    WHERE tts_cache.id = ranked.id
      AND (ranked.bytes > bytes_max
           OR tts_cache.is_personal IS DISTINCT FROM false
              AND coalesce(tts_cache.last_accessed_at, tts_cache.created_at) < now() - interval '1 hour');
    GET DIAGNOSTICS evicted = ROW_COUNT;
    RETURN evicted;
END $$;
