-- $1 parent_session_id, $2 user_id, $3 and $4 the page_time and id of the last row seen, or NULL, $5 how many. In the
-- order they were begun; one row more than asked for, if there is one.
SELECT id, parent_session_id, environment_id, environment_config, interaction_mode, spatial_audio_enabled,
       cinematic_mode_enabled, camera_path_data, performance_metrics, started_at, started_at AS page_time, ended_at,
       duration_minutes, created_at, clock_corrected
FROM vr_sessions
WHERE parent_session_id = $1 AND user_id = $2 AND ($3::timestamptz IS NULL OR (started_at, id) > ($3, $4::uuid))
ORDER BY started_at, id
LIMIT $5::integer + 1
