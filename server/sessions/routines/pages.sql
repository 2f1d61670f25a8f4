-- Looking back: a session with what stands under it, in one request. Row-level security decides which rows who asks may
-- see; drawings and stays are shown to their person alone, as by their own routes.

-- Some of what stands somewhere, and where all of it is: the first `most` of `items`, which are one more where there are
-- others.
CREATE OR REPLACE FUNCTION page_part(items jsonb[], most integer, href text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('items', to_jsonb(items[1:most]), 'more', cardinality(items) > most, 'href', href)
$$;

-- A drawing without its ink: whoever passes the row on to a function unpacks that.
CREATE OR REPLACE FUNCTION drawing_canvases(id uuid) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('left', path || 'left', 'right', path || 'right', 'combined', path || 'combined')
    FROM (SELECT '/v1/bilateral-drawings/' || id || '/canvases/' AS path) AS canvases
$$;

-- The sessions, in this order, each with at most `most` of each kind that is asked for. One statement for all of them, so
-- that each kind is planned for once.
CREATE OR REPLACE FUNCTION session_pages(ids uuid[], most integer, asked jsonb) RETURNS haven_item[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    own constant boolean := haven_actor() = 'user';
    drawings constant boolean := own AND haven_wanted(asked, 'types', 'drawings');
    artifacts constant boolean := haven_wanted(asked, 'types', 'artifacts');
    exercises constant boolean := haven_wanted(asked, 'types', 'exercises') OR drawings OR artifacts;
BEGIN
    RETURN ARRAY(
        SELECT (session.id, session.started_at,
                jsonb_build_object('session', session_json(session))
                || CASE WHEN haven_wanted(asked, 'types', 'intents') THEN jsonb_build_object('intents', page_part(ARRAY(
                       SELECT intent_json(intent) FROM session_intents AS intent
                       WHERE session_id = session.id ORDER BY created_at, intent.id LIMIT most + 1), most, here || 'intents'))
                   ELSE '{}' END
                || CASE WHEN own AND haven_wanted(asked, 'types', 'vr_sessions') THEN jsonb_build_object('vr_sessions', page_part(ARRAY(
                       SELECT vr_session_json(stay) FROM vr_sessions AS stay
                       WHERE parent_session_id = session.id ORDER BY started_at, stay.id LIMIT most + 1), most, here || 'vr-sessions'))
                   ELSE '{}' END
                || CASE WHEN exercises THEN jsonb_build_object('exercises', page_part(ARRAY(
                       SELECT exercise_json(exercise)
                              || CASE WHEN drawings THEN jsonb_build_object('drawings', page_part(ARRAY(
                                     SELECT jsonb_build_object(
                                                'id', drawing.id, 'exercise_id', exercise_id, 'vr_session_id', vr_session_id,
                                                'symmetry_enabled', coalesce(symmetry_enabled, true),
                                                'stroke_count', coalesce(stroke_count, 0),
                                                'duration_seconds', coalesce(drawing.duration_seconds, 0),
                                                'stored_bytes', coalesce(pg_column_size(left_hand_strokes), 0)
                                                                + coalesce(pg_column_size(right_hand_strokes), 0),
                                                'created_at', haven_utc(drawing.created_at),
                                                'canvases', drawing_canvases(drawing.id))
                                     FROM bilateral_drawings AS drawing
                                     WHERE exercise_id = exercise.id ORDER BY drawing.created_at, drawing.id LIMIT most + 1),
                                     most, '/v1/exercises/' || exercise.id || '/bilateral-drawings'))
                                 ELSE '{}' END
                              || CASE WHEN artifacts THEN jsonb_build_object('artifacts', page_part(ARRAY(
                                     SELECT artifact_item(artifact) FROM exercise_artifacts AS artifact
                                     WHERE exercise_id = exercise.id ORDER BY artifact.created_at, artifact.id LIMIT most + 1),
                                     most, '/v1/exercises/' || exercise.id || '/artifacts'))
                                 ELSE '{}' END
                       FROM exercises AS exercise
                       WHERE session_id = session.id ORDER BY exercise.started_at, exercise.id LIMIT most + 1),
                       most, here || 'exercises'))
                   ELSE '{}' END
                || CASE WHEN haven_wanted(asked, 'types', 'reflections') THEN jsonb_build_object('reflections', page_part(ARRAY(
                       SELECT reflection_item(reflection) FROM reflections AS reflection
                       WHERE session_id = session.id ORDER BY created_at, reflection.id LIMIT most + 1), most, here || 'reflections'))
                   ELSE '{}' END
                || CASE WHEN haven_wanted(asked, 'types', 'screenings') THEN jsonb_build_object('screenings', page_part(ARRAY(
                       SELECT screening_item(screening) FROM safety_screenings AS screening
                       WHERE session_id = session.id ORDER BY created_at, screening.id LIMIT most + 1), most, here || 'safety-screenings'))
                   ELSE '{}' END,
                session.user_id)::haven_item
        FROM unnest(ids) WITH ORDINALITY AS shown (id, place)
        JOIN sessions AS session ON session.id = shown.id,
        LATERAL (SELECT '/v1/sessions/' || session.id || '/' AS here) AS paths
        ORDER BY place);
END $$;

-- GET /v1/sessions/{id}/page
CREATE OR REPLACE FUNCTION session_page_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    page constant haven_item := (session_pages(ARRAY[session_page_get.id], 50, asked))[1];
BEGIN
    IF page.id IS NULL THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(page.person, page.item::jsonb);
END $$;
