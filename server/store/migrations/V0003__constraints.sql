-- What the seed says in comments, said to PostgreSQL.

ALTER TABLE sessions
    ADD CONSTRAINT sessions_hitl_reviewer_id_fkey
        FOREIGN KEY (hitl_reviewer_id) REFERENCES clinicians(id) ON DELETE SET NULL;
ALTER TABLE hitl_escalations
    ADD CONSTRAINT hitl_escalations_assigned_to_clinician_id_fkey
        FOREIGN KEY (assigned_to_clinician_id) REFERENCES clinicians(id) ON DELETE SET NULL;

-- One account an address, however it is written.
CREATE UNIQUE INDEX users_email_lower_key ON users (lower(email));
CREATE UNIQUE INDEX clinicians_email_lower_key ON clinicians (lower(email));

-- Foreign keys without an index of their own: a deletion would read the whole table.
CREATE INDEX idx_sessions_hitl_reviewer_id ON sessions (hitl_reviewer_id)
    WHERE hitl_reviewer_id IS NOT NULL;
CREATE INDEX idx_agent_outputs_user_id ON agent_outputs (user_id);
CREATE INDEX idx_audit_logs_clinician_id ON audit_logs (clinician_id);
CREATE INDEX idx_bilateral_drawings_user_id ON bilateral_drawings (user_id);
CREATE INDEX idx_crisis_logs_session_id ON crisis_logs (session_id);
CREATE INDEX idx_hitl_escalations_session_id ON hitl_escalations (session_id);
CREATE INDEX idx_mcp_tool_calls_session_id ON mcp_tool_calls (session_id);
CREATE INDEX idx_session_events_user_id ON session_events (user_id);
CREATE INDEX idx_session_intents_user_id ON session_intents (user_id);

-- The lists of values. Lists that end in "etc." are open and have no check.
ALTER TABLE users
    ADD CONSTRAINT users_status_check CHECK (status IN ('active', 'suspended', 'deleted'));
ALTER TABLE sessions
    ADD CONSTRAINT sessions_modality_check CHECK (modality IN ('web', 'vr', 'desktop')),
    ADD CONSTRAINT sessions_status_check CHECK (status IN
        ('created', 'intake_pending', 'safety_screening', 'active', 'exercise_in_progress',
         'reflecting', 'hitl_review', 'completed', 'timed_out')),
    ADD CONSTRAINT sessions_safety_status_check
        CHECK (safety_status IN ('green', 'yellow', 'red')),
    ADD CONSTRAINT sessions_duration_minutes_check CHECK (duration_minutes >= 0);
ALTER TABLE session_intents
    ADD CONSTRAINT session_intents_goal_category_check
        CHECK (goal_category IN ('relationships', 'career', 'personal', 'health'));
ALTER TABLE agent_outputs
    ADD CONSTRAINT agent_outputs_status_check CHECK (status IN ('success', 'failed', 'retry'));
ALTER TABLE exercises
    ADD CONSTRAINT exercises_status_check
        CHECK (status IN ('in_progress', 'completed', 'abandoned')),
    ADD CONSTRAINT exercises_duration_minutes_check CHECK (duration_minutes >= 0);
ALTER TABLE exercise_artifacts
    ADD CONSTRAINT exercise_artifacts_artifact_type_check
        CHECK (artifact_type IN
            ('text_entry', 'audio_recording', 'canvas_drawing', 'vr_volumetric')),
    ADD CONSTRAINT exercise_artifacts_sensitivity_level_check
        CHECK (sensitivity_level IN ('standard', 'high', 'crisis')),
    ADD CONSTRAINT exercise_artifacts_file_size_bytes_check CHECK (file_size_bytes >= 0);
ALTER TABLE reflections
    ADD CONSTRAINT reflections_sentiment_score_check CHECK (sentiment_score BETWEEN -1 AND 1);
ALTER TABLE user_progress
    ADD CONSTRAINT user_progress_sentiment_trend_check
        CHECK (sentiment_trend IN ('improving', 'declining', 'stable'));
ALTER TABLE safety_screenings
    ADD CONSTRAINT safety_screenings_safety_status_check
        CHECK (safety_status IN ('green', 'yellow', 'red')),
    ADD CONSTRAINT safety_screenings_crisis_level_check
        CHECK (crisis_level IN ('none', 'low', 'medium', 'severe')),
    ADD CONSTRAINT safety_screenings_response_mode_check
        CHECK (response_mode IN ('standard', 'cautious', 'crisis')),
    ADD CONSTRAINT safety_screenings_recommended_action_check
        CHECK (recommended_action IN ('continue', 'review', 'escalate'));
ALTER TABLE crisis_logs
    ADD CONSTRAINT crisis_logs_crisis_level_check
        CHECK (crisis_level IN ('low', 'medium', 'severe')),
    ADD CONSTRAINT crisis_logs_escalation_status_check
        CHECK (escalation_status IN ('none', 'hitl_pending', 'clinician_notified', 'resolved'));
ALTER TABLE hitl_escalations
    ADD CONSTRAINT hitl_escalations_priority_check
        CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    ADD CONSTRAINT hitl_escalations_review_status_check
        CHECK (review_status IN ('pending', 'in_review', 'approved', 'rejected', 'escalated')),
    ADD CONSTRAINT hitl_escalations_clinician_action_check
        CHECK (clinician_action IN
            ('approve_as_is', 'approve_with_edits', 'reject_and_replace', 'escalate'));
ALTER TABLE clinicians
    ADD CONSTRAINT clinicians_role_check CHECK (role IN ('reviewer', 'senior', 'supervisor'));
ALTER TABLE vr_sessions
    ADD CONSTRAINT vr_sessions_interaction_mode_check
        CHECK (interaction_mode IN ('gaze', 'hand_tracking', 'controller')),
    ADD CONSTRAINT vr_sessions_duration_minutes_check CHECK (duration_minutes >= 0);
ALTER TABLE bilateral_drawings
    ADD CONSTRAINT bilateral_drawings_stroke_count_check CHECK (stroke_count >= 0),
    ADD CONSTRAINT bilateral_drawings_duration_seconds_check CHECK (duration_seconds >= 0);
ALTER TABLE prompt_registry
    ADD CONSTRAINT prompt_registry_status_check
        CHECK (status IN ('active', 'deprecated', 'testing'));
