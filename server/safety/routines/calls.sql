-- Who is called in a crisis: those who care for the person and who has its case, then the seniors, then the supervisors,
-- each by a letter and an event that say no more than that somebody is needed. Where nobody takes it up within the time of
-- its level the next are called; after the last it begins again, and /readyz says so. Nobody outside of the clinic is ever
-- called, whatever a person has consented to: this is no emergency service.

-- The time for an answer, of each round a little more, up to an hour.
CREATE OR REPLACE FUNCTION haven_call_wait(crisis_level text, round integer DEFAULT 0) RETURNS interval
LANGUAGE sql STABLE AS $$
    SELECT least(told * (1 + least(greatest(round, 0), 12)), greatest(told, interval '1 hour'))
    FROM (SELECT CASE crisis_level
              WHEN 'severe' THEN haven_time_setting('haven.crisis_wait_severe', '5 minutes', '1 minute', '1 day')
              WHEN 'medium' THEN haven_time_setting('haven.crisis_wait_medium', '15 minutes', '1 minute', '1 day')
              ELSE haven_time_setting('haven.crisis_wait_low', '30 minutes', '1 minute', '1 day') END AS told) AS of_level
$$;

-- Whatever stands in the row.
CREATE OR REPLACE FUNCTION chain_next_round(round integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT least(greatest(round, 0), 2000000000) + 1 $$;

CREATE OR REPLACE FUNCTION haven_call_wait_of_case(case_id uuid) RETURNS interval LANGUAGE sql STABLE AS $$
    SELECT haven_call_wait(crisis_level) FROM crisis_chains WHERE escalation_id = case_id AND ended_at IS NULL
$$;

-- A crisis is logged: the first calls are made in the same transaction. Where they cannot be, the screening stays, and
-- the server calls within seconds. A crisis more of the same case calls anew where somebody had it in hand, and at once where it
-- is graver.
CREATE OR REPLACE FUNCTION haven_begin_chain() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    begun uuid;
BEGIN
    INSERT INTO events (kind, resource_type, resource_id, user_id, for_person, for_carers, for_scope)
    VALUES ('crisis.logged', 'crisis_logs', NEW.id, NEW.user_id, true, true, 'screenings');
    INSERT INTO crisis_chains AS chain (crisis_log_id, user_id, escalation_id, crisis_level)
    VALUES (NEW.id, NEW.user_id, NEW.escalation_id, NEW.crisis_level)
    ON CONFLICT (escalation_id) WHERE ended_at IS NULL DO UPDATE
    SET crisis_level = CASE WHEN haven_severity_rank(NEW.crisis_level) > haven_severity_rank(chain.crisis_level)
                            THEN NEW.crisis_level ELSE chain.crisis_level END,
        round = CASE WHEN chain.acknowledged_at IS NULL THEN chain.round ELSE chain_next_round(chain.round) END,
        step = CASE WHEN chain.acknowledged_at IS NULL THEN chain.step ELSE 0 END,
        next_call_at = CASE WHEN chain.acknowledged_at IS NOT NULL
                              OR haven_severity_rank(NEW.crisis_level) > haven_severity_rank(chain.crisis_level)
                            THEN now() ELSE chain.next_call_at END,
        acknowledged_at = NULL, acknowledged_by = NULL
    RETURNING crisis_log_id INTO begun;
    BEGIN
        PERFORM chain_call(begun);
    EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'the calls of a crisis wait for the server''s own work: %', SQLSTATE;
    END;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER begin_chain AFTER INSERT ON crisis_logs FOR EACH ROW EXECUTE FUNCTION haven_begin_chain();

-- Those of one step. How many.
CREATE OR REPLACE FUNCTION chain_call_step(chain crisis_chains) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    called integer;
BEGIN
    WITH of_case AS (
        SELECT required_role, CASE review_status WHEN 'in_review' THEN assigned_to_clinician_id END AS holder
        FROM hitl_escalations WHERE id = chain.escalation_id
    ), members AS (
        SELECT clinicians.id, clinicians.email, gen_random_uuid() AS letter
        FROM clinicians LEFT JOIN of_case ON true
        WHERE clinicians.status = 'active' AND clinicians.password_hash IS NOT NULL
          AND coalesce(of_case.required_role, 'reviewer') = ANY (haven_roles_up_to(clinicians.role))
          AND CASE chain.step
                  WHEN 1 THEN clinicians.id = of_case.holder
                           OR EXISTS (SELECT FROM clinician_assignments AS care
                                      WHERE care.clinician_id = clinicians.id AND care.user_id = chain.user_id
                                        AND care.ended_at IS NULL)
                  WHEN 2 THEN clinicians.role = 'senior'
                  ELSE clinicians.role = 'supervisor' END
        ORDER BY clinicians.id LIMIT 200
    ), written AS (
        INSERT INTO letters (id, kind, bearer, clinician_id, email)
        SELECT letter, 'crisis_call', 'clinician', id, email FROM members
    ), calls AS (
        INSERT INTO crisis_calls (crisis_log_id, user_id, clinician_id, round, step, letter_id)
        SELECT chain.crisis_log_id, chain.user_id, id, chain.round, chain.step, letter FROM members
        RETURNING clinician_id
    ), told AS (
        INSERT INTO events (kind, resource_type, resource_id, user_id, clinician_id)
        SELECT 'crisis.called', 'crisis_logs', chain.crisis_log_id, chain.user_id, clinician_id FROM calls
    )
    SELECT count(*) INTO called FROM calls;
    IF called > 0 THEN
        INSERT INTO events (kind, resource_type, resource_id, user_id, for_scope)
        VALUES ('crisis.called', 'crisis_logs', chain.crisis_log_id, chain.user_id, 'screenings');
    END IF;
    RETURN called;
END $$;

-- The next step of a chain that is due, whoever asks: two servers, or one that comes again, call once.
CREATE OR REPLACE FUNCTION chain_call(wanted uuid) RETURNS boolean LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    chain crisis_chains;
    called integer := 0;
    rounds_begun integer := 0;
BEGIN
    SELECT * INTO chain FROM crisis_chains
    WHERE crisis_log_id = wanted AND ended_at IS NULL AND acknowledged_at IS NULL AND next_call_at <= now()
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    WHILE called = 0 AND rounds_begun < 2 LOOP
        IF chain.step >= 3 THEN
            chain.exhausted_at := coalesce(chain.exhausted_at, now());
            chain.round := chain_next_round(chain.round);
            chain.step := 0;
            rounds_begun := rounds_begun + 1;
        ELSE
            chain.step := chain.step + 1;
            called := chain_call_step(chain);
        END IF;
    END LOOP;
    UPDATE crisis_chains
    SET round = chain.round, step = chain.step, exhausted_at = chain.exhausted_at,
        next_call_at = now() + haven_call_wait(chain.crisis_level, chain.round)
    WHERE crisis_log_id = wanted;
    RETURN called > 0;
END $$;

-- All that are due. A chain that cannot go on keeps no other from it. How many have called.
CREATE OR REPLACE FUNCTION haven_job_call() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    due uuid;
    done integer := 0;
BEGIN
    FOR due IN
        SELECT crisis_log_id FROM crisis_chains
        WHERE ended_at IS NULL AND acknowledged_at IS NULL AND next_call_at <= now() ORDER BY next_call_at LIMIT 100
    LOOP
        BEGIN
            done := done + chain_call(due)::integer;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            RAISE WARNING 'a chain of calls cannot go on: %', SQLSTATE;
            UPDATE crisis_chains SET exhausted_at = coalesce(exhausted_at, now()), next_call_at = now() + interval '1 minute'
            WHERE crisis_log_id = due;
        END;
    END LOOP;
    RETURN done;
END $$;

-- The chain of a case's crises, which is locked from now on.
CREATE OR REPLACE FUNCTION chain_acknowledge(case_id uuid, clinician uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    chain crisis_chains;
BEGIN
    UPDATE crisis_chains SET acknowledged_at = now(), acknowledged_by = clinician, exhausted_at = NULL
    WHERE escalation_id = case_id AND ended_at IS NULL AND acknowledged_at IS NULL
    RETURNING * INTO chain;
    IF FOUND THEN
        PERFORM chain_told(chain, 'crisis.acknowledged');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION chain_told(chain crisis_chains, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events (kind, resource_type, resource_id, user_id, for_carers, for_scope)
    VALUES (what, 'crisis_logs', chain.crisis_log_id, chain.user_id, true, 'screenings');
    -- Whoever was called hears it, too, if they do not anyway.
    INSERT INTO events (kind, resource_type, resource_id, user_id, clinician_id)
    SELECT DISTINCT what, 'crisis_logs', chain.crisis_log_id, chain.user_id, calls.clinician_id
    FROM crisis_calls AS calls JOIN clinicians ON clinicians.id = calls.clinician_id
    WHERE calls.crisis_log_id = chain.crisis_log_id AND clinicians.role <> 'supervisor'
      AND NOT EXISTS (SELECT FROM clinician_assignments AS care
                      WHERE care.clinician_id = clinicians.id AND care.user_id = chain.user_id AND care.ended_at IS NULL);
END $$;

-- From the first on, after `wait`.
CREATE OR REPLACE FUNCTION chain_resume(case_id uuid, wait interval) RETURNS void LANGUAGE sql AS $$
    UPDATE crisis_chains
    SET acknowledged_at = NULL, acknowledged_by = NULL, exhausted_at = NULL, round = chain_next_round(round), step = 0,
        next_call_at = now() + wait
    WHERE escalation_id = case_id AND ended_at IS NULL
$$;

CREATE OR REPLACE FUNCTION chain_end(case_id uuid) RETURNS void LANGUAGE sql AS $$
    UPDATE crisis_chains SET ended_at = now() WHERE escalation_id = case_id AND ended_at IS NULL
$$;

-- The chain that calls for a crisis; locked. None: the crisis is from before there were calls.
CREATE OR REPLACE FUNCTION chain_of_crisis(crisis uuid) RETURNS crisis_chains LANGUAGE sql SET haven.actor = 'job' AS $$
    SELECT * FROM crisis_chains
    WHERE crisis_log_id = crisis
       OR (escalation_id = (SELECT escalation_id FROM crisis_logs WHERE id = crisis) AND ended_at IS NULL)
    ORDER BY ended_at IS NULL DESC, created_at DESC LIMIT 1 FOR UPDATE
$$;

-- Whether it has called who asks: they may know of it, then.
CREATE OR REPLACE FUNCTION chain_has_called(chain crisis_chains) RETURNS boolean
LANGUAGE sql STABLE SET haven.actor = 'job' AS $$
    SELECT EXISTS (SELECT FROM crisis_calls
                   WHERE crisis_log_id = chain.crisis_log_id AND clinician_id = haven_actor_id())
$$;

CREATE OR REPLACE FUNCTION chain_acknowledge_by(chain crisis_chains, clinician uuid) RETURNS void
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    UPDATE crisis_chains SET acknowledged_at = now(), acknowledged_by = clinician, exhausted_at = NULL
    WHERE crisis_log_id = chain.crisis_log_id;
    PERFORM chain_told(chain, 'crisis.acknowledged');
END $$;

-- PUT /v1/crisis-logs/{id}/calls/acknowledgement, by who was called or may read the crisis: they have it in hand.
CREATE OR REPLACE FUNCTION crisis_take_up(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
DECLARE
    chain crisis_chains;
    seen haven_answer;
    is_new boolean;
BEGIN
    IF NOT clinician_stays() THEN
        RETURN haven_forbidden(haven_nobody(), 'You are no clinician of this role any more.');
    END IF;
    chain := chain_of_crisis(id);
    IF NOT EXISTS (SELECT FROM crisis_logs WHERE crisis_logs.id = crisis_take_up.id)
       AND NOT coalesce(chain_has_called(chain), false) THEN
        RETURN haven_not_found();
    END IF;
    IF chain.crisis_log_id IS NULL THEN
        RETURN haven_conflict(haven_nobody(), 'Nobody is called for it.');
    END IF;
    is_new := chain.ended_at IS NULL AND chain.acknowledged_at IS NULL;
    IF is_new THEN
        PERFORM chain_acknowledge_by(chain, haven_actor_id());
    END IF;
    seen := crisis_get(id, NULL, asked);
    RETURN CASE WHEN seen.status = 200 THEN haven_written(chain.user_id, is_new, '/v1/crisis-logs/' || id, seen)
                ELSE haven_no_content(chain.user_id) END; -- who was called need not be one who may read it
END $$;

-- A crisis is resolved: nobody is called for it any more, nor for its case, unless another crisis of it is not.
CREATE OR REPLACE FUNCTION chain_settle(crisis uuid, clinician uuid) RETURNS void
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    of_case constant uuid := (SELECT escalation_id FROM crisis_logs WHERE id = crisis);
BEGIN
    UPDATE crisis_chains
    SET acknowledged_at = coalesce(acknowledged_at, now()), acknowledged_by = coalesce(acknowledged_by, clinician),
        exhausted_at = NULL,
        ended_at = CASE WHEN NOT EXISTS (SELECT FROM crisis_logs WHERE escalation_id = of_case AND resolved_at IS NULL)
                        THEN now() END
    WHERE ended_at IS NULL AND (crisis_log_id = crisis OR escalation_id = of_case);
    INSERT INTO events (kind, resource_type, resource_id, user_id, for_person, for_carers, for_scope)
    SELECT 'crisis.resolved', 'crisis_logs', id, user_id, true, true, 'screenings' FROM crisis_logs WHERE id = crisis;
END $$;

-- What is shown of a crisis' calls: the newest hundred.
CREATE OR REPLACE FUNCTION crisis_calls_shown(crisis crisis_logs) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'clinician_id', clinician_id, 'round', round, 'step', step, 'called_at', haven_utc(called_at),
               'letter', letter_status, 'letter_at', haven_utc(letter_at)) ORDER BY called_at, id), '[]')
    FROM (SELECT calls.* FROM crisis_calls AS calls JOIN crisis_chains AS chain USING (crisis_log_id)
          WHERE chain.crisis_log_id = crisis.id OR chain.escalation_id = crisis.escalation_id
          ORDER BY calls.called_at DESC, calls.id DESC LIMIT 100) AS newest
$$;

-- How it stands with them: calling, exhausted (and calling again), acknowledged, ended.
CREATE OR REPLACE FUNCTION crisis_calls_state(crisis crisis_logs) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN acknowledged_at IS NOT NULL THEN 'acknowledged'
                WHEN exhausted_at IS NOT NULL THEN 'exhausted' ELSE 'calling' END
    FROM crisis_chains WHERE crisis_log_id = crisis.id OR escalation_id = crisis.escalation_id
    ORDER BY ended_at IS NULL DESC, created_at DESC LIMIT 1
$$;

-- For /readyz and /metrics: crises that nobody has in hand, of them those for which nobody was left to be called.
CREATE OR REPLACE FUNCTION chains_state(OUT calling bigint, OUT exhausted bigint) LANGUAGE sql STABLE AS $$
    SELECT count(*), count(exhausted_at) FROM crisis_chains WHERE ended_at IS NULL AND acknowledged_at IS NULL
$$;
