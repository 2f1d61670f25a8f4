-- A text while it is written. A draft is begun under the id of the artifact that it will be, or of the text that it will be
-- the next version of; saved again and again, by who read what was saved last; and finished. Its text comes here sealed.

-- What is told of a draft besides its text; its entity-tag is made of it.
CREATE OR REPLACE FUNCTION draft_item(draft artifact_drafts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', draft.id, 'exercise_id', draft.exercise_id, 'version', draft.version, 'sealed', draft.sealed,
        'sensitivity_level', draft.sensitivity_level, 'mime_type', draft.mime_type, 'word_count', draft.word_count,
        'begun_at', haven_utc(draft.begun_at), 'saved_at', haven_utc(draft.saved_at),
        'forgotten_at', haven_utc(draft.saved_at + interval '30 days'))
$$;

-- The same with its entity-tag, for the server: what the next save names.
CREATE OR REPLACE FUNCTION draft_told(draft artifact_drafts) RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT draft_item(draft) || jsonb_build_object('etag', haven_etag(draft_item(draft))) $$;

-- Of the versions of a draft stay the last 20, and of older ones the last of each hour, 48 of them; and no more than have
-- 16 MiB together. The one that was saved last always stays.
CREATE OR REPLACE FUNCTION draft_thin(draft uuid) RETURNS void LANGUAGE sql AS $$
    DELETE FROM artifact_draft_versions AS old
    USING (SELECT version, place, hour_place,
                  count(*) FILTER (WHERE place > 20 AND hour_place = 1) OVER (ORDER BY version DESC) AS hours,
                  sum(bytes) OVER (ORDER BY version DESC) AS total
           FROM (SELECT version, octet_length(content_encrypted)::bigint AS bytes,
                        row_number() OVER (ORDER BY version DESC) AS place,
                        row_number() OVER (PARTITION BY date_trunc('hour', saved_at) ORDER BY version DESC) AS hour_place
                 FROM artifact_draft_versions WHERE draft_id = draft) AS placed) AS kept
    WHERE old.draft_id = draft AND old.version = kept.version AND kept.place > 1
      AND (kept.total > 16 * 1024 * 1024 OR (kept.place > 20 AND (kept.hour_place > 1 OR kept.hours > 48)))
$$;

CREATE OR REPLACE FUNCTION draft_add_version(draft artifact_drafts, body jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO artifact_draft_versions (draft_id, version, user_id, content_encrypted, encryption_key_id, saved_at)
    VALUES (draft.id, draft.version, draft.user_id, decode(body ->> 'content_encrypted', 'base64'),
            (body ->> 'encryption_key_id')::uuid, draft.saved_at);
    PERFORM draft_thin(draft.id);
END $$;

-- The exercise that a new draft of `id` belongs to, locked; or why there is none.
CREATE OR REPLACE FUNCTION draft_place(id uuid, body jsonb, OUT exercise exercises, OUT refusal haven_answer)
LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := haven_actor_id();
    wanted constant uuid := (body ->> 'exercise_id')::uuid;
    edited exercise_artifacts%ROWTYPE;
BEGIN
    SELECT * INTO edited FROM exercise_artifacts AS a WHERE a.id = draft_place.id;
    IF edited.id IS NULL AND haven_is_gone('exercise_artifact', id, 'exercise', wanted) THEN
        refusal := haven_gone(person);
        RETURN;
    END IF;
    IF edited.artifact_type <> 'text_entry' THEN
        refusal := haven_conflict(person, 'Only a text has drafts.');
        RETURN;
    END IF;
    SELECT * INTO exercise FROM exercises AS e WHERE e.id = wanted FOR NO KEY UPDATE;
    IF exercise.id IS NULL OR exercise.id <> edited.exercise_id THEN
        refusal := haven_names_nothing(person, '/exercise_id');
    ELSIF (SELECT count(*) FROM artifact_drafts AS d WHERE d.exercise_id = wanted) >= 20
          OR (SELECT count(*) FROM artifact_drafts AS d WHERE d.user_id = person) >= 100 THEN
        refusal := haven_conflict(person, 'An exercise has 20 drafts at most, a person 100: finish or delete one first.');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION draft_begin(id uuid, body jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    place record;
    begun artifact_drafts%ROWTYPE;
BEGIN
    PERFORM haven_lock(haven_actor_id()); -- they are counted
    SELECT * INTO place FROM draft_place(id, body);
    IF (place.refusal).status IS NOT NULL THEN
        RETURN place.refusal;
    END IF;
    INSERT INTO artifact_drafts (id, exercise_id, user_id, text_mac, sealed, sensitivity_level, mime_type, word_count)
    VALUES (id, (place.exercise).id, (place.exercise).user_id, body ->> 'text_mac', (body ->> 'sealed')::boolean,
            body ->> 'sensitivity_level', body ->> 'mime_type', (body ->> 'word_count')::integer)
    ON CONFLICT DO NOTHING
    RETURNING * INTO begun;
    IF NOT FOUND THEN
        RETURN haven_foreign(haven_actor_id());
    END IF;
    PERFORM draft_add_version(begun, body);
    PERFORM haven_event((place.exercise).session_id, begun.user_id, 'user_interaction',
                        jsonb_build_object('action', 'artifact_draft_begin', 'artifact_id', id,
                                           'exercise_id', begun.exercise_id));
    RETURN haven_written(begun.user_id, true, format('/v1/exercise-artifacts/%s/draft', id), draft_get(id, NULL, NULL));
END $$;

-- PUT /v1/exercise-artifacts/{id}/draft. `body` has text_mac, a keyed hash, and in place of the text the text sealed as
-- `version`, which was the next one when the server looked.
CREATE OR REPLACE FUNCTION draft_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    person constant uuid := haven_actor_id();
    fault constant haven_answer := artifact_fault(person, body - 'text_mac' || '{"artifact_type": "text_entry"}');
    place constant text := format('/v1/exercise-artifacts/%s/draft', id);
    draft artifact_drafts%ROWTYPE;
    saved artifact_drafts%ROWTYPE;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO draft FROM artifact_drafts AS d WHERE d.id = draft_put.id FOR UPDATE;
    IF fault.status IS NOT NULL THEN
        RETURN fault;
    END IF;
    IF draft.id IS NULL THEN
        RETURN CASE WHEN asked ? 'if_none_match' AND (body ->> 'version')::integer = 1 THEN draft_begin(id, body)
                    WHEN asked ? 'if_none_match' THEN haven_try_again(person) -- it was deleted since
                    WHEN haven_is_deleted('exercise_artifact', id) THEN haven_gone(person)
                    ELSE haven_stale(person) END;
    END IF;
    IF NOT haven_matches(asked, draft_item(draft)) THEN
        RETURN haven_stale(person);
    END IF;
    IF (body ->> 'exercise_id')::uuid <> draft.exercise_id THEN
        RETURN haven_invalid(person, '/exercise_id', 'not_allowed', 'The draft is of another exercise.');
    END IF;
    saved := draft;
    saved.text_mac := body ->> 'text_mac';
    saved.sealed := (body ->> 'sealed')::boolean;
    saved.sensitivity_level := body ->> 'sensitivity_level';
    saved.mime_type := body ->> 'mime_type';
    saved.word_count := (body ->> 'word_count')::integer;
    IF saved IS NOT DISTINCT FROM draft THEN
        RETURN haven_written(person, false, place, draft_get(id, NULL, asked));
    END IF;
    IF (body ->> 'version')::integer <> draft.version + 1 THEN -- it was saved since, and this one is for any (If-Match: *)
        RETURN haven_try_again(person);
    END IF;
    UPDATE artifact_drafts AS d
    SET text_mac = saved.text_mac, sealed = saved.sealed, sensitivity_level = saved.sensitivity_level,
        mime_type = saved.mime_type, word_count = saved.word_count, version = d.version + 1,
        saved_at = greatest(clock_timestamp(), d.saved_at)
    WHERE d.id = draft_put.id
    RETURNING * INTO saved;
    PERFORM draft_add_version(saved, body);
    RETURN haven_written(person, false, place, draft_get(id, NULL, asked));
END $$;

-- A draft with a version of its text, and its entity-tag for the server.
CREATE OR REPLACE FUNCTION draft_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    draft artifact_drafts%ROWTYPE;
    saved artifact_draft_versions%ROWTYPE;
BEGIN
    SELECT * INTO draft FROM artifact_drafts AS d WHERE d.id = draft_get.id;
    SELECT * INTO saved FROM artifact_draft_versions AS v WHERE v.draft_id = draft.id AND v.version = draft.version;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(draft.user_id, draft_told(draft)
                    || artifact_text(NULL, saved.content_encrypted, saved.encryption_key_id));
END $$;

-- GET /v1/artifact-drafts: those of who asks, what was saved last first.
CREATE OR REPLACE FUNCTION drafts_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_who_asks(), jsonb_build_object('items', coalesce(
        jsonb_agg(draft_item(draft) ORDER BY draft.saved_at DESC, draft.id), '[]')))
    FROM artifact_drafts AS draft WHERE draft.user_id = haven_actor_id()
$$;

-- A version that a path names; NULL where it names none.
CREATE OR REPLACE FUNCTION haven_version(asked jsonb) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT (substring(asked #>> '{path,version}' FROM '^[1-9][0-9]{0,8}$'))::integer $$;

CREATE OR REPLACE FUNCTION draft_versions(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT haven_ok(draft.user_id, jsonb_build_object('items', (
            SELECT jsonb_agg(jsonb_build_object('version', saved.version, 'saved_at', haven_utc(saved.saved_at))
                             ORDER BY saved.version DESC)
            FROM artifact_draft_versions AS saved WHERE saved.draft_id = draft.id)))
        FROM artifact_drafts AS draft WHERE draft.id = draft_versions.id), haven_not_found())
$$;

CREATE OR REPLACE FUNCTION draft_version_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT haven_ok(saved.user_id, jsonb_build_object('version', saved.version, 'saved_at', haven_utc(saved.saved_at))
                                       || artifact_text(NULL, saved.content_encrypted, saved.encryption_key_id))
        FROM artifact_draft_versions AS saved
        WHERE saved.draft_id = draft_version_get.id AND saved.version = haven_version(asked)), haven_not_found())
$$;

-- DELETE /v1/exercise-artifacts/{id}/draft: what its artifact says stays.
CREATE OR REPLACE FUNCTION draft_delete(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    draft artifact_drafts%ROWTYPE;
BEGIN
    SELECT * INTO draft FROM artifact_drafts AS d WHERE d.id = draft_delete.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF NOT haven_matches(asked, draft_item(draft)) THEN
        RETURN haven_stale(draft.user_id);
    END IF;
    DELETE FROM artifact_drafts AS d WHERE d.id = draft_delete.id;
    RETURN haven_no_content(draft.user_id);
END $$;

-- The text of an artifact becomes another one; what it said before is a version of it. The last 50 stay, and those that a
-- screening names.
CREATE OR REPLACE FUNCTION artifact_edit(artifact exercise_artifacts, body jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    fault constant haven_answer := artifact_fault(artifact.user_id, body);
BEGIN
    IF fault.status IS NOT NULL THEN
        RETURN fault;
    END IF;
    INSERT INTO artifact_versions (artifact_id, version, user_id, content_text, content_encrypted, encryption_key_id,
                                   word_count, written_at)
    VALUES (artifact.id, artifact.version, artifact.user_id, artifact.content_text, artifact.content_encrypted,
            artifact.encryption_key_id, artifact.word_count, coalesce(artifact.edited_at, artifact.created_at));
    UPDATE exercise_artifacts
    SET content_text = body ->> 'content_text', content_encrypted = decode(body ->> 'content_encrypted', 'base64'),
        encryption_key_id = (body ->> 'encryption_key_id')::uuid, sealed = (body ->> 'sealed')::boolean,
        sensitivity_level = body ->> 'sensitivity_level', mime_type = coalesce(body ->> 'mime_type', 'text/plain'),
        word_count = coalesce((body ->> 'word_count')::integer, haven_word_count(body ->> 'content_text')),
        version = artifact.version + 1, edited_at = now()
    WHERE id = artifact.id;
    DELETE FROM artifact_versions AS old
    WHERE old.artifact_id = artifact.id AND old.version <= artifact.version - 50
      AND NOT EXISTS (SELECT FROM safety_screenings AS s
                      WHERE s.artifact_id = artifact.id AND s.artifact_version = old.version);
    PERFORM exercise_count_words(artifact.exercise_id);
    PERFORM haven_event((SELECT session_id FROM exercises WHERE exercises.id = artifact.exercise_id), artifact.user_id,
                        'user_interaction',
                        jsonb_build_object('action', 'artifact_edit', 'artifact_id', artifact.id,
                                           'version', artifact.version + 1, 'exercise_id', artifact.exercise_id));
    RETURN haven_ok(artifact.user_id, NULL);
END $$;

-- POST /v1/exercise-artifacts/{id}/draft/finish. `body`: the artifact as it would be written, of the draft as the server has
-- read it, with draft_version and text_version, as which a text is sealed; none where there was no draft. The same again, for
-- a client that heard no answer, is a success.
CREATE OR REPLACE FUNCTION draft_finish(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := body - 'draft_version' - 'text_version';
    place constant text := '/v1/exercise-artifacts/' || id;
    draft artifact_drafts%ROWTYPE;
    artifact exercise_artifacts%ROWTYPE;
    written haven_answer;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO draft FROM artifact_drafts AS d WHERE d.id = draft_finish.id FOR UPDATE;
    SELECT * INTO artifact FROM exercise_artifacts AS a WHERE a.id = draft_finish.id FOR UPDATE;
    IF draft.id IS NULL THEN
        RETURN CASE WHEN asked -> 'if_match' ? artifact.finished_draft
                    THEN haven_written(artifact.user_id, false, place, artifact_get(id, NULL, asked))
                    ELSE haven_not_there('exercise_artifact', id) END;
    END IF;
    IF NOT haven_matches(asked, draft_item(draft)) OR (body ->> 'draft_version')::integer IS DISTINCT FROM draft.version
       OR (body ->> 'text_version')::integer IS DISTINCT FROM coalesce(artifact.version, 0) + 1 THEN
        RETURN haven_stale(draft.user_id);
    END IF;
    IF coalesce(said ->> 'content_text', said ->> 'content_encrypted') IS NULL THEN
        RETURN haven_conflict(draft.user_id, 'The draft has no text.');
    END IF;
    written := CASE WHEN artifact.id IS NULL THEN artifact_put(id, said, asked) ELSE artifact_edit(artifact, said) END;
    IF written.status >= 400 THEN
        RETURN written;
    END IF;
    UPDATE exercise_artifacts AS a SET finished_draft = haven_etag(draft_item(draft)) WHERE a.id = draft_finish.id;
    DELETE FROM artifact_drafts AS d WHERE d.id = draft_finish.id;
    RETURN haven_written(draft.user_id, artifact.id IS NULL, place, artifact_get(id, NULL, asked));
END $$;

-- What a text said, the newest first.
CREATE OR REPLACE FUNCTION artifact_versions_of(artifact exercise_artifacts)
RETURNS TABLE (version integer, word_count integer, written_at timestamptz, content_text text, content_encrypted bytea,
               encryption_key_id uuid) LANGUAGE sql STABLE AS $$
    SELECT artifact.version, artifact.word_count, coalesce(artifact.edited_at, artifact.created_at), artifact.content_text,
           artifact.content_encrypted, artifact.encryption_key_id
    UNION ALL
    SELECT old.version, old.word_count, old.written_at, old.content_text, old.content_encrypted, old.encryption_key_id
    FROM artifact_versions AS old WHERE old.artifact_id = artifact.id
    ORDER BY 1 DESC LIMIT 200
$$;

CREATE OR REPLACE FUNCTION artifact_versions_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT haven_ok(artifact.user_id, jsonb_build_object('items', (
            SELECT jsonb_agg(jsonb_build_object('version', said.version, 'word_count', said.word_count,
                                                'written_at', haven_utc(said.written_at)) ORDER BY said.version DESC)
            FROM artifact_versions_of(artifact) AS said)))
        FROM exercise_artifacts AS artifact
        WHERE artifact.id = artifact_versions_get.id AND artifact.artifact_type = 'text_entry'), haven_not_found())
$$;

CREATE OR REPLACE FUNCTION artifact_version_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT haven_ok(artifact.user_id, jsonb_build_object('version', said.version, 'word_count', said.word_count,
                                                             'written_at', haven_utc(said.written_at))
                                          || artifact_text(said.content_text, said.content_encrypted, said.encryption_key_id))
        FROM exercise_artifacts AS artifact, artifact_versions_of(artifact) AS said
        WHERE artifact.id = artifact_version_get.id AND artifact.artifact_type = 'text_entry'
          AND said.version = haven_version(asked)), haven_not_found())
$$;

-- Forgets drafts that nobody has saved for 30 days: how many. Called by the server's own work.
CREATE OR REPLACE FUNCTION haven_job_forget_drafts() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM artifact_drafts WHERE saved_at < now() - interval '30 days';
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
