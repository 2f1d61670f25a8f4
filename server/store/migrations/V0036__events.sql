-- What leaves the server: events, webhooks, and calls in a crisis. Claims of cases that lapse.

-- What happened, without a word of anybody's: a kind, what it is about, when, and who may hear it. Written in the
-- transaction of what it is about; `position` is given once that is committed (events_number), so that who reads on
-- from a position misses nothing. Forgotten after seven days.
CREATE SEQUENCE event_positions AS BIGINT;
CREATE TABLE events (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- as it was written
    id UUID UNIQUE NOT NULL DEFAULT gen_random_uuid(),      -- as it is told
    position BIGINT UNIQUE,
    kind VARCHAR(40) NOT NULL,
    resource_type VARCHAR(40) NOT NULL,
    resource_id UUID NOT NULL,
    user_id UUID REFERENCES users(id) ON DELETE CASCADE,           -- whom it is about
    for_person BOOLEAN NOT NULL DEFAULT false,                     -- they hear it
    for_carers BOOLEAN NOT NULL DEFAULT false,                     -- so do those who care for them, and supervisors
    for_role VARCHAR(20),                                          -- and every clinician of this role and above
    clinician_id UUID REFERENCES clinicians(id) ON DELETE CASCADE, -- and this one
    for_scope VARCHAR(20),                                         -- and services with this scope
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_events_unnumbered ON events(number) WHERE position IS NULL;
CREATE INDEX idx_events_user_id ON events(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_events_clinician_id ON events(clinician_id) WHERE clinician_id IS NOT NULL;
CREATE INDEX idx_events_created_at ON events(created_at);
SELECT haven_protect_by('events', $$
    CASE (SELECT haven_actor())
        WHEN 'user' THEN for_person AND user_id = (SELECT haven_actor_id())
        WHEN 'clinician' THEN clinician_id = (SELECT haven_actor_id())
            OR for_role = ANY (CASE (SELECT haven_actor_role()) WHEN 'supervisor' THEN '{reviewer,senior,supervisor}'::text[]
                                                                WHEN 'senior' THEN '{reviewer,senior}'
                                                                WHEN 'reviewer' THEN '{reviewer}' ELSE '{}' END)
            OR (for_carers AND ((SELECT haven_actor_role()) = 'supervisor' OR user_id IN (SELECT haven_cared_for())))
        WHEN 'service' THEN for_scope IS NOT NULL
        ELSE coalesce((SELECT haven_actor()) = 'job', false) END $$);
-- Whoever causes something tells it.
CREATE POLICY haven_told ON events FOR INSERT WITH CHECK ((SELECT haven_actor()) IS NOT NULL);
REVOKE ALL ON events FROM haven_readonly;

-- A claim is good until then.
ALTER TABLE hitl_escalations ADD COLUMN claim_expires_at TIMESTAMPTZ;
UPDATE hitl_escalations SET claim_expires_at = now() + interval '4 hours' WHERE review_status = 'in_review';
CREATE INDEX idx_hitl_escalations_claimed ON hitl_escalations(claim_expires_at) WHERE review_status = 'in_review';

-- A case that went from one to another, or back to the queue.
CREATE TABLE hitl_handovers (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    escalation_id UUID NOT NULL REFERENCES hitl_escalations(id) ON DELETE CASCADE,
    from_clinician_id UUID REFERENCES clinicians(id) ON DELETE SET NULL,
    to_clinician_id UUID REFERENCES clinicians(id) ON DELETE SET NULL, -- NULL: the queue
    handed_by UUID REFERENCES clinicians(id) ON DELETE SET NULL,       -- NULL: the claim lapsed
    reason VARCHAR(20) NOT NULL CHECK (reason IN ('off_duty', 'knows_person', 'other_skill', 'too_much', 'other', 'lapsed')),
    revision INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_hitl_handovers_escalation_id ON hitl_handovers(escalation_id, created_at);
CREATE INDEX idx_hitl_handovers_from_clinician_id ON hitl_handovers(from_clinician_id) WHERE from_clinician_id IS NOT NULL;
CREATE INDEX idx_hitl_handovers_to_clinician_id ON hitl_handovers(to_clinician_id) WHERE to_clinician_id IS NOT NULL;
CREATE INDEX idx_hitl_handovers_handed_by ON hitl_handovers(handed_by) WHERE handed_by IS NOT NULL;
SELECT haven_protect('hitl_handovers', NULL, '{clinician,job}');
REVOKE ALL ON hitl_handovers FROM haven_readonly;

-- Who is called in a crisis, until somebody has it in hand. Crises of one case have one chain.
CREATE TABLE crisis_chains (
    crisis_log_id UUID PRIMARY KEY REFERENCES crisis_logs(id) ON DELETE CASCADE, -- that it began with
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    escalation_id UUID REFERENCES hitl_escalations(id) ON DELETE SET NULL,
    crisis_level VARCHAR(20) NOT NULL CHECK (crisis_level IN ('low', 'medium', 'severe')), -- the gravest
    round INTEGER NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0,   -- of the round, done last: 1 who cares for the person, 2 seniors, 3 supervisors
    next_call_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    exhausted_at TIMESTAMPTZ, -- nobody was left to be called
    acknowledged_at TIMESTAMPTZ,
    acknowledged_by UUID REFERENCES clinicians(id) ON DELETE SET NULL,
    ended_at TIMESTAMPTZ,     -- resolved, or its case decided
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_crisis_chains_user_id ON crisis_chains(user_id);
CREATE INDEX idx_crisis_chains_escalation_id ON crisis_chains(escalation_id) WHERE escalation_id IS NOT NULL;
CREATE UNIQUE INDEX idx_crisis_chains_open ON crisis_chains(escalation_id) WHERE ended_at IS NULL;
CREATE INDEX idx_crisis_chains_due ON crisis_chains(next_call_at) WHERE ended_at IS NULL AND acknowledged_at IS NULL;
CREATE INDEX idx_crisis_chains_acknowledged_by ON crisis_chains(acknowledged_by) WHERE acknowledged_by IS NOT NULL;
SELECT haven_protect('crisis_chains', 'false', '{clinician,service,job}');

-- One call: by letter and by event. Once a step.
CREATE TABLE crisis_calls (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    crisis_log_id UUID NOT NULL REFERENCES crisis_chains(crisis_log_id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    clinician_id UUID NOT NULL REFERENCES clinicians(id) ON DELETE CASCADE,
    round INTEGER NOT NULL,
    step INTEGER NOT NULL,
    letter_id UUID UNIQUE NOT NULL, -- gone once it is sent
    letter_status VARCHAR(10) NOT NULL DEFAULT 'waiting' CHECK (letter_status IN ('waiting', 'sent', 'failed')),
    letter_at TIMESTAMPTZ,
    called_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    UNIQUE (crisis_log_id, round, step, clinician_id)
);
CREATE INDEX idx_crisis_calls_user_id ON crisis_calls(user_id);
CREATE INDEX idx_crisis_calls_clinician_id ON crisis_calls(clinician_id);
SELECT haven_protect('crisis_calls', 'false', '{clinician,service,job}');
REVOKE ALL ON crisis_chains, crisis_calls FROM haven_readonly;

ALTER TABLE letters DROP CONSTRAINT letters_kind_check;
ALTER TABLE letters ADD CONSTRAINT letters_kind_check CHECK (kind IN
    ('verification', 'registered', 'reset', 'password_changed', 'address', 'address_asked', 'invitation', 'notice',
     'reminder', 'factor_confirmed', 'factor_removed', 'recovery_used', 'device_linked',
     'crisis_call', 'case_assigned', 'case_lapsed', 'webhook_failed'));

-- Where events are sent. The secrets are sealed under the master key.
CREATE TABLE webhooks (
    id UUID PRIMARY KEY,
    service_id UUID NOT NULL REFERENCES services(id) ON DELETE CASCADE,
    url VARCHAR(2000) NOT NULL,
    kinds TEXT[] NOT NULL,
    status VARCHAR(10) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused')),
    secret_id UUID NOT NULL,
    sealed_secret BYTEA NOT NULL,
    older_secret_id UUID,
    older_sealed_secret BYTEA,
    older_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CHECK (num_nonnulls(older_secret_id, older_sealed_secret, older_until) IN (0, 3))
);
CREATE INDEX idx_webhooks_service_id ON webhooks(service_id);
SELECT haven_protect_by('webhooks', $$
    coalesce((SELECT haven_actor()) = 'job' OR (SELECT haven_actor_role()) = 'supervisor', false) $$);

CREATE TABLE webhook_deliveries (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id UUID NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
    event_id UUID NOT NULL,
    user_id UUID REFERENCES users(id) ON DELETE CASCADE,
    kind VARCHAR(40) NOT NULL,
    resource_type VARCHAR(40) NOT NULL,
    resource_id UUID NOT NULL,
    event_at TIMESTAMPTZ NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, -- since it was written, or sent again
    since TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    delivered_at TIMESTAMPTZ,
    given_up_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    UNIQUE (webhook_id, event_id)
);
CREATE INDEX idx_webhook_deliveries_listed ON webhook_deliveries(webhook_id, created_at DESC, id DESC);
CREATE INDEX idx_webhook_deliveries_due ON webhook_deliveries(next_attempt_at)
    WHERE delivered_at IS NULL AND given_up_at IS NULL;
CREATE INDEX idx_webhook_deliveries_user_id ON webhook_deliveries(user_id) WHERE user_id IS NOT NULL;
SELECT haven_protect_by('webhook_deliveries', $$
    coalesce((SELECT haven_actor()) = 'job' OR (SELECT haven_actor_role()) = 'supervisor', false) $$);

CREATE TABLE webhook_attempts (
    delivery_id UUID NOT NULL REFERENCES webhook_deliveries(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    response_status INTEGER, -- NULL: there was no answer
    failure VARCHAR(100),    -- why not
    duration_ms INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (delivery_id, number)
);
SELECT haven_protect_by('webhook_attempts', $$
    coalesce((SELECT haven_actor()) = 'job' OR (SELECT haven_actor_role()) = 'supervisor', false) $$);
REVOKE ALL ON webhooks, webhook_deliveries, webhook_attempts FROM haven_readonly;

-- An older program has no words for the new letters.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 36;
