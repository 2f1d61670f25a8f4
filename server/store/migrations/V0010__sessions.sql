-- Consents, and the states of a session.

ALTER TABLE consent_records
    ADD CONSTRAINT consent_records_consent_type_check CHECK (consent_type IN
        ('data_processing', 'marketing', 'emergency_contact', 'research', 'motion_trace')),
    ADD CONSTRAINT consent_records_withdrawn_at_check
        CHECK (withdrawn_at IS NULL OR (consent_given AND withdrawn_at >= consented_at));
-- The newest word on each matter.
CREATE INDEX idx_consent_records_latest
    ON consent_records(user_id, consent_type, consented_at DESC, id DESC);

-- What was said stays: a row is added, or the time of its withdrawal. And the person says it.
REVOKE UPDATE, DELETE, TRUNCATE ON consent_records FROM haven_app;
GRANT UPDATE (withdrawn_at) ON consent_records TO haven_app;
SELECT haven_protect('consent_records', 'user_id = (SELECT haven_actor_id())',
                     '{clinician,gate,service,job}');
CREATE POLICY haven_said_by_the_person ON consent_records AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT haven_actor()) IN ('user', 'gate', 'job'));
CREATE POLICY haven_withdrawn_by_the_person ON consent_records AS RESTRICTIVE FOR UPDATE
    USING ((SELECT haven_actor()) IN ('user', 'job'));

-- The moves a session may make. Those with `asked_by` may be asked for by these actors
-- (PUT /v1/sessions/{id}/status); every one of them may happen by a rule of the server. A trigger
-- refuses all others (server/sessions/routines/moves.sql).
CREATE TABLE session_moves (
    from_state VARCHAR(30) NOT NULL,
    to_state VARCHAR(30) NOT NULL,
    asked_by TEXT[] NOT NULL,
    meaning TEXT NOT NULL,
    PRIMARY KEY (from_state, to_state),
    CHECK (from_state <> to_state),
    CHECK (asked_by <@ '{user,service,clinician}')
);
INSERT INTO session_moves (from_state, to_state, asked_by, meaning) VALUES
    ('created', 'intake_pending', '{user,service}',
     'The person begins to say what they come for.'),
    ('created', 'safety_screening', '{user,service}',
     'What is known already is enough: it is screened without an intake.'),
    ('created', 'active', '{service}',
     'A place is opened in the headset, which has no intake of its own.'),
    ('created', 'exercise_in_progress', '{}',
     'The headset begins with an exercise at once.'),
    ('intake_pending', 'safety_screening', '{user,service}',
     'The intake is complete.'),
    ('safety_screening', 'active', '{service,clinician}',
     'Nothing stands against the session.'),
    ('active', 'exercise_in_progress', '{user,service}',
     'An exercise begins.'),
    ('active', 'reflecting', '{user,service}',
     'The person looks back without an exercise.'),
    ('active', 'safety_screening', '{service}',
     'Something was said that must be looked at again.'),
    ('active', 'completed', '{user,service}',
     'The person has done what they came for.'),
    ('exercise_in_progress', 'reflecting', '{user,service}',
     'The exercise is completed.'),
    ('exercise_in_progress', 'active', '{user,service}',
     'The exercise is abandoned.'),
    ('exercise_in_progress', 'safety_screening', '{service}',
     'Something was said in the exercise that must be looked at.'),
    ('exercise_in_progress', 'completed', '{user,service}',
     'The person leaves in the middle of an exercise: nobody is kept.'),
    ('reflecting', 'exercise_in_progress', '{user,service}',
     'Another exercise begins.'),
    ('reflecting', 'active', '{user,service}',
     'The session goes on.'),
    ('reflecting', 'safety_screening', '{service}',
     'Something was said in the reflection that must be looked at.'),
    ('reflecting', 'completed', '{user,service}',
     'The session ends as it should: with a look back.'),
    ('hitl_review', 'active', '{clinician}',
     'The reviewer lets it go on.'),
    ('hitl_review', 'completed', '{clinician}',
     'The reviewer closes it.');
INSERT INTO session_moves (from_state, to_state, asked_by, meaning)
SELECT from_state, 'hitl_review', '{service,clinician}', 'A clinician has to look at it first.'
FROM unnest(ARRAY['created', 'intake_pending', 'safety_screening', 'active',
                  'exercise_in_progress', 'reflecting']) AS from_state;
-- Not from hitl_review: what waits there waits for us.
INSERT INTO session_moves (from_state, to_state, asked_by, meaning)
SELECT from_state, 'timed_out', '{}', 'Nothing has happened for too long.'
FROM unnest(ARRAY['created', 'intake_pending', 'safety_screening', 'active',
                  'exercise_in_progress', 'reflecting']) AS from_state;
SELECT haven_protect_by('session_moves', '(SELECT haven_actor()) IS NOT NULL');
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON session_moves FROM haven_app;

-- 1, 2, 3... for each person; the next one is one look into this index.
CREATE UNIQUE INDEX idx_sessions_number ON sessions(user_id, session_number);
-- What may time out.
CREATE INDEX idx_sessions_open ON sessions(updated_at)
    WHERE status NOT IN ('completed', 'timed_out', 'hitl_review');

ALTER TABLE session_intents
    ADD CONSTRAINT session_intents_estimated_duration_minutes_check
        CHECK (estimated_duration_minutes > 0),
    ADD CONSTRAINT session_intents_agent_confidence_score_check
        CHECK (agent_confidence_score BETWEEN 0 AND 1);
