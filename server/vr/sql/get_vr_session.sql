-- $1 id, $2 user_id.
SELECT id, parent_session_id, environment_id, environment_config, interaction_mode, spatial_audio_enabled,
       cinematic_mode_enabled, camera_path_data, performance_metrics, started_at, ended_at, duration_minutes, created_at,
       clock_corrected, set_config('haven.status', '200', true)
FROM vr_sessions WHERE id = $1 AND user_id = $2
