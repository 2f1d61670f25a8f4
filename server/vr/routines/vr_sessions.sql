-- The time in the headset: where, with what, how well it ran.

CREATE OR REPLACE FUNCTION vr_session_json(stay vr_sessions) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT haven_said((to_jsonb(stay) - 'user_id') || jsonb_build_object(
        'started_at', haven_utc(stay.started_at), 'ended_at', haven_utc(stay.ended_at),
        'created_at', haven_utc(stay.created_at)))
$$;

-- GET /v1/vr-sessions/{id}
CREATE OR REPLACE FUNCTION vr_session_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    stay vr_sessions%ROWTYPE;
BEGIN
    SELECT * INTO stay FROM vr_sessions AS v WHERE v.id = vr_session_get.id;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_ok(stay.user_id, vr_session_json(stay));
END $$;

-- PUT /v1/vr-sessions/{id}. A session that has only been created becomes active.
CREATE OR REPLACE FUNCTION vr_session_put(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    said constant jsonb := '{"interaction_mode": "controller", "spatial_audio_enabled": true,
                             "cinematic_mode_enabled": false}'::jsonb || haven_said(body);
    claim constant text := haven_claim('vr_session', id, said, asked, 'session', (said ->> 'parent_session_id')::uuid);
    parent sessions%ROWTYPE;
    begun record;
BEGIN
    IF claim <> 'new' THEN
        RETURN haven_claimed(haven_actor_id(), claim, '/v1/vr-sessions/' || id, vr_session_get(id, NULL, asked));
    END IF;
    SELECT * INTO parent FROM sessions
    WHERE sessions.id = (said ->> 'parent_session_id')::uuid FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN haven_names_nothing(haven_actor_id(), '/parent_session_id');
    END IF;
    SELECT * INTO begun FROM haven_device_time((said ->> 'started_at')::timestamptz);
    INSERT INTO vr_sessions (id, parent_session_id, user_id, environment_id, environment_config,
                             interaction_mode, spatial_audio_enabled, cinematic_mode_enabled,
                             camera_path_data, started_at, clock_corrected)
    VALUES (id, parent.id, haven_actor_id(), said ->> 'environment_id', said -> 'environment_config',
            said ->> 'interaction_mode', (said ->> 'spatial_audio_enabled')::boolean,
            (said ->> 'cinematic_mode_enabled')::boolean, said -> 'camera_path_data', begun.at,
            begun.corrected)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN haven_not_found(); -- somebody else's
    END IF;
    PERFORM haven_step(parent.id, CASE parent.status WHEN 'created' THEN 'active' ELSE parent.status END,
                       'vr_session_start',
                       jsonb_build_object('vr_session_id', id,
                                          'environment_id', said ->> 'environment_id',
                                          'interaction_mode', said ->> 'interaction_mode'));
    RETURN haven_written(haven_actor_id(), true, '/v1/vr-sessions/' || id, vr_session_get(id, NULL, asked));
END $$;

-- PUT /v1/vr-sessions/{id}/metrics
CREATE OR REPLACE FUNCTION vr_session_put_metrics(id uuid, body jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    stay vr_sessions%ROWTYPE;
    claim text;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO stay FROM vr_sessions AS v WHERE v.id = vr_session_put_metrics.id;
    IF NOT FOUND THEN
        RETURN haven_not_there('vr_session', id);
    END IF;
    claim := haven_claim('vr_session_metrics', id, body, asked);
    IF claim <> 'new' THEN
        RETURN haven_claimed(stay.user_id, claim, '/v1/vr-sessions/' || id, vr_session_get(id, NULL, asked));
    END IF;
    UPDATE vr_sessions AS v SET performance_metrics = body -> 'performance_metrics'
    WHERE v.id = vr_session_put_metrics.id;
    PERFORM haven_event(stay.parent_session_id, stay.user_id, 'user_interaction',
                        jsonb_build_object('action', 'vr_session_metrics', 'vr_session_id', id));
    RETURN haven_written(stay.user_id, true, '/v1/vr-sessions/' || id, vr_session_get(id, NULL, asked));
END $$;

-- PUT /v1/vr-sessions/{id}/end, with the time that the device tells.
CREATE OR REPLACE FUNCTION vr_session_end(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    stay vr_sessions%ROWTYPE;
    ended record;
    claim text;
BEGIN
    PERFORM haven_lock(id);
    SELECT * INTO stay FROM vr_sessions AS v WHERE v.id = vr_session_end.id;
    IF NOT FOUND THEN
        RETURN haven_not_there('vr_session', id);
    END IF;
    claim := haven_claim('vr_session_end', id, body, asked);
    IF claim <> 'new' OR stay.ended_at IS NOT NULL THEN
        RETURN haven_claimed(stay.user_id, claim, '/v1/vr-sessions/' || id, vr_session_get(id, NULL, asked));
    END IF;
    SELECT * INTO ended FROM haven_device_time((body ->> 'ended_at')::timestamptz, stay.started_at);
    UPDATE vr_sessions AS v
    SET ended_at = ended.at, clock_corrected = v.clock_corrected OR ended.corrected,
        duration_minutes = haven_minutes(v.started_at, ended.at)
    WHERE v.id = vr_session_end.id
    RETURNING * INTO stay;
    PERFORM haven_event(stay.parent_session_id, stay.user_id, 'user_interaction',
                        jsonb_build_object('action', 'vr_session_end', 'vr_session_id', id,
                                           'duration_minutes', stay.duration_minutes));
    RETURN haven_written(stay.user_id, true, '/v1/vr-sessions/' || id, vr_session_get(id, NULL, asked));
END $$;
