-- What a person makes in an exercise. A text or a file that is sealed comes here sealed: these
-- routines never see it in clear, nor a hash of it that somebody could guess at.

-- How many words a text has: its runs of characters other than white space.
CREATE OR REPLACE FUNCTION haven_word_count(content text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT regexp_count(content, '\S+') $$;

-- The words of an exercise are those of its texts: counted here where they are in clear, told by the
-- client where they are sealed. Without a text that has a count there is none.
CREATE OR REPLACE FUNCTION exercise_count_words(exercise uuid) RETURNS void LANGUAGE sql AS $$
    UPDATE exercises
    SET word_count = (SELECT sum(word_count) FROM exercise_artifacts
                      WHERE exercise_id = exercise AND artifact_type = 'text_entry')
    WHERE id = exercise
$$;

-- What kind of file each type of artifact is.
CREATE OR REPLACE FUNCTION artifact_takes(type text, mime text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT mime = ANY (CASE type
        WHEN 'text_entry' THEN ARRAY['text/plain', 'text/markdown']
        WHEN 'audio_recording' THEN ARRAY['audio/ogg', 'audio/mpeg', 'audio/wav', 'audio/webm']
        WHEN 'canvas_drawing' THEN ARRAY['image/png', 'image/jpeg', 'image/webp']
        WHEN 'vr_volumetric' THEN ARRAY['application/vnd.haven.pose-trace'] END)
$$;

-- What is wrong with an artifact of `person` by itself, as a refusal; nothing where all is well. `body` has
-- `sealed` and `sensitivity_level` as they will be stored.
CREATE OR REPLACE FUNCTION artifact_fault(person uuid, body jsonb) RETURNS haven_answer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    type constant text := body ->> 'artifact_type';
    mime constant text := body ->> 'mime_type';
    sealed constant boolean := (body ->> 'sealed')::boolean;
BEGIN
    IF type = 'text_entry' AND NOT coalesce(body ? 'content_text' OR body ? 'content_encrypted', false) THEN
        RETURN haven_invalid(person, '/content_text', 'required', 'A text entry has a text.');
    ELSIF type <> 'text_entry' AND (body ? 'content_text' OR body ? 'content_encrypted') THEN
        RETURN haven_invalid(person, '/content_text', 'not_allowed', 'Only a text entry has a text; send the file by itself.');
    ELSIF type = 'vr_volumetric' AND body ->> 'sensitivity_level' = 'standard' THEN
        RETURN haven_invalid(person, '/sensitivity_level', 'not_allowed', 'How somebody moves is high or crisis.');
    ELSIF NOT sealed AND body ->> 'sensitivity_level' <> 'standard' THEN
        RETURN haven_invalid(person, '/sealed', 'must_be_true', 'What is high or crisis is always sealed.');
    ELSIF body ? 'word_count' AND (type <> 'text_entry' OR NOT sealed) THEN
        RETURN haven_invalid(person, '/word_count', 'not_allowed', 'Told for a sealed text alone; otherwise it is counted.');
    ELSIF mime IS NOT NULL AND NOT artifact_takes(type, mime) THEN
        RETURN haven_invalid(person, '/mime_type', 'not_in_list', 'Not a form of this type of artifact.');
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION artifact_put(id uuid, body jsonb, request jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    exercise exercises%ROWTYPE;
    fault haven_answer := artifact_fault(haven_actor_id(), body);
    drawing uuid := (body ->> 'bilateral_drawing_id')::uuid;
    type constant text := body ->> 'artifact_type';
    place constant text := '/v1/exercise-artifacts/' || id;
    -- Sealing twice gives other bytes: what was sent is known by its keyed hash.
    claim constant text := haven_claim('exercise_artifact', id, body - 'content_encrypted' - 'encryption_key_id', request,
                                       'exercise', (body ->> 'exercise_id')::uuid);
BEGIN
    IF claim <> 'new' THEN
        RETURN haven_claimed(haven_actor_id(), claim, place, artifact_get(id, NULL, request));
    END IF;
    IF fault.status IS NOT NULL THEN
        RETURN fault;
    END IF;
    SELECT * INTO exercise FROM exercises WHERE exercises.id = (body ->> 'exercise_id')::uuid
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_names_nothing(haven_actor_id(), '/exercise_id');
    END IF;
    IF drawing IS NOT NULL AND NOT EXISTS (SELECT FROM bilateral_drawings AS d
                                           WHERE d.id = drawing AND d.exercise_id = exercise.id) THEN
        RETURN haven_invalid(haven_actor_id(), '/bilateral_drawing_id', 'no_such_resource', 'There is no such drawing of this exercise.');
    END IF;
    IF type = 'vr_volumetric' AND NOT haven_consents(exercise.user_id, 'motion_trace') THEN
        RETURN haven_forbidden(haven_actor_id(), 'The person does not agree to keep the motion.');
    END IF;
    IF EXISTS (SELECT FROM exercise_artifacts AS a
               WHERE a.bilateral_drawing_id = drawing AND a.artifact_type = 'vr_volumetric'
                 AND type = 'vr_volumetric') THEN
        RETURN haven_conflict(haven_actor_id(), 'This drawing has its motion already.');
    END IF;
    INSERT INTO exercise_artifacts (id, exercise_id, user_id, artifact_type, content_text,
                                    content_encrypted, encryption_key_id, sensitivity_level, sealed,
                                    mime_type, word_count, bilateral_drawing_id)
    VALUES (id, exercise.id, exercise.user_id, type, body ->> 'content_text',
            decode(body ->> 'content_encrypted', 'base64'), (body ->> 'encryption_key_id')::uuid,
            body ->> 'sensitivity_level', (body ->> 'sealed')::boolean,
            coalesce(body ->> 'mime_type', CASE type WHEN 'text_entry' THEN 'text/plain' END),
            coalesce((body ->> 'word_count')::integer, haven_word_count(body ->> 'content_text')),
            drawing);
    IF type = 'text_entry' THEN
        PERFORM exercise_count_words(exercise.id);
    END IF;
    PERFORM haven_event(exercise.session_id, exercise.user_id, 'user_interaction',
                        jsonb_build_object('action', 'artifact_create', 'artifact_id', id,
                                           'artifact_type', type, 'exercise_id', exercise.id));
    RETURN haven_written(haven_actor_id(), true, place, artifact_get(id, NULL, request));
END $$;

-- An artifact without what is in it. `file`: whether its file is here.
CREATE OR REPLACE FUNCTION artifact_item(artifact exercise_artifacts) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', artifact.id, 'exercise_id', artifact.exercise_id,
        'artifact_type', artifact.artifact_type, 'sensitivity_level', artifact.sensitivity_level,
        'sealed', artifact.sealed, 'encryption_key_id', artifact.encryption_key_id,
        'mime_type', artifact.mime_type, 'word_count', artifact.word_count,
        'file', artifact.minio_object_key IS NOT NULL, 'file_size_bytes', artifact.file_size_bytes,
        'bilateral_drawing_id', artifact.bilateral_drawing_id, 'version', artifact.version,
        'created_at', haven_utc(artifact.created_at), 'edited_at', haven_utc(artifact.edited_at))
$$;

CREATE OR REPLACE FUNCTION artifact_get(id uuid, body jsonb, request jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    artifact exercise_artifacts%ROWTYPE;
BEGIN
    SELECT * INTO artifact FROM exercise_artifacts AS a WHERE a.id = artifact_get.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(artifact.user_id, artifact_item(artifact)
                    || artifact_text(artifact.content_text, artifact.content_encrypted, artifact.encryption_key_id));
END $$;

-- A text as it is kept. What is sealed the server opens, and takes the members out again by which it does.
CREATE OR REPLACE FUNCTION artifact_text(clear text, sealed bytea, key_id uuid) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('content_text', clear)
        || CASE WHEN sealed IS NULL THEN '{}'
                ELSE jsonb_build_object('content_encrypted', encode(sealed, 'base64'), 'sealed_under', key_id) END
$$;

-- The file of an artifact is here, as an object that was noted as loose, or refused. `body`: mac, a
-- keyed hash of the file; mime_type, what it was found to be; file_size_bytes; and where an object
-- was written, object_key, content_sha256 (base64) and encryption_key_id.
CREATE OR REPLACE FUNCTION artifact_put_file(id uuid, body jsonb, request jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    artifact exercise_artifacts%ROWTYPE;
    session uuid;
    place constant text := '/v1/exercise-artifacts/' || id;
    claim text;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO artifact FROM exercise_artifacts AS a WHERE a.id = artifact_put_file.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_there('exercise_artifact', id);
    END IF;
    IF artifact.artifact_type = 'text_entry' THEN
        RETURN haven_conflict(artifact.user_id, 'A text entry has no file.');
    END IF;
    claim := haven_claim('exercise_artifact_file', id, jsonb_build_object('mac', body -> 'mac'), request);
    IF claim <> 'new' THEN
        RETURN haven_claimed(artifact.user_id, claim, place, artifact_get(id, NULL, request));
    END IF;
    IF artifact.minio_object_key IS NOT NULL THEN -- a motion trace that came in chunks
        RETURN haven_conflict(artifact.user_id, NULL);
    END IF;
    IF NOT artifact_takes(artifact.artifact_type, body ->> 'mime_type')
       OR artifact.mime_type <> body ->> 'mime_type' THEN
        RETURN haven_invalid(artifact.user_id, '', 'wrong_file', 'The file is not of the form that its artifact names.');
    END IF;
    IF artifact.artifact_type = 'vr_volumetric'
       AND NOT haven_consents(artifact.user_id, 'motion_trace') THEN
        RETURN haven_forbidden(artifact.user_id, 'The person does not agree to keep the motion.');
    END IF;
    DELETE FROM loose_objects WHERE object_key = body ->> 'object_key' AND condemned_at IS NULL;
    IF NOT FOUND THEN -- none was written, for a reason that holds no more; or it took too long
        RETURN haven_try_again(artifact.user_id);
    END IF;
    UPDATE exercise_artifacts AS a
    SET minio_object_key = body ->> 'object_key', mime_type = body ->> 'mime_type',
        file_size_bytes = (body ->> 'file_size_bytes')::bigint,
        content_sha256 = decode(body ->> 'content_sha256', 'base64'),
        encryption_key_id = (body ->> 'encryption_key_id')::uuid
    WHERE a.id = artifact_put_file.id;
    SELECT session_id INTO session FROM exercises WHERE exercises.id = artifact.exercise_id;
    PERFORM haven_event(session, artifact.user_id, 'user_interaction',
                        jsonb_build_object('action', 'artifact_file', 'artifact_id', id,
                                           'artifact_type', artifact.artifact_type,
                                           'file_size_bytes', body -> 'file_size_bytes'));
    RETURN haven_written(artifact.user_id, true, place, artifact_get(id, NULL, request));
END $$;

-- Where the file lies and how it is sealed: for the server, which answers with the file.
CREATE OR REPLACE FUNCTION artifact_get_file(id uuid, body jsonb, request jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    artifact exercise_artifacts%ROWTYPE;
BEGIN
    SELECT * INTO artifact FROM exercise_artifacts AS a WHERE a.id = artifact_get_file.id;
    IF NOT FOUND OR artifact.minio_object_key IS NULL THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(artifact.user_id, jsonb_build_object(
        'object_key', artifact.minio_object_key, 'mime_type', artifact.mime_type,
        'file_size_bytes', artifact.file_size_bytes, 'encryption_key_id', artifact.encryption_key_id,
        'content_sha256', encode(artifact.content_sha256, 'base64')));
END $$;

-- What follows from an erasure. Erasing one's own needs no consent to the processing of it, so this is the
-- server's own work.
CREATE OR REPLACE FUNCTION artifact_erased(artifact exercise_artifacts) RETURNS void
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    session uuid;
BEGIN
    IF artifact.artifact_type = 'text_entry' THEN
        PERFORM exercise_count_words(artifact.exercise_id);
    END IF;
    SELECT session_id INTO session FROM exercises WHERE exercises.id = artifact.exercise_id;
    PERFORM haven_event(session, artifact.user_id, 'user_interaction',
                        jsonb_build_object('action', 'artifact_delete', 'artifact_id', artifact.id,
                                           'artifact_type', artifact.artifact_type));
END $$;

CREATE OR REPLACE FUNCTION artifact_delete(id uuid, body jsonb, request jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    artifact exercise_artifacts%ROWTYPE;
BEGIN
    DELETE FROM exercise_artifacts AS a WHERE a.id = artifact_delete.id RETURNING * INTO artifact;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    DELETE FROM artifact_drafts AS d WHERE d.id = artifact_delete.id;
    PERFORM artifact_erased(artifact);
    RETURN haven_no_content(artifact.user_id);
END $$;
