-- Crisis logs: read by the person and those who care for them, acknowledged by the one, resolved by
-- the others.

CREATE OR REPLACE FUNCTION crisis_item(c crisis_logs) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE haven_actor()
        WHEN 'user' THEN shown - '{user_id,input_hash,escalation_chain_executed,escalation_id,resolved_by,calls,call_state}'::text[]
        WHEN 'clinician' THEN shown - 'input_hash' ELSE shown END
    FROM (SELECT to_jsonb(c) || jsonb_build_object(
              'created_at', haven_utc(c.created_at), 'resolved_at', haven_utc(c.resolved_at),
              'acknowledged_at', haven_utc(c.acknowledged_at), 'calls', crisis_calls_shown(c),
              'call_state', crisis_calls_state(c)) AS shown) AS whole
$$;

CREATE OR REPLACE FUNCTION crisis_get(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    found crisis_logs;
BEGIN
    SELECT * INTO found FROM crisis_logs WHERE crisis_logs.id = crisis_get.id;
    RETURN CASE WHEN found.id IS NULL THEN haven_not_found() ELSE haven_ok(found.user_id, crisis_item(found)) END;
END $$;

-- PUT /v1/crisis-logs/{id}/acknowledgement, by the person: they have seen what was offered.
CREATE OR REPLACE FUNCTION crisis_acknowledge(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    seen timestamptz;
BEGIN
    SELECT acknowledged_at INTO seen FROM crisis_logs
    WHERE crisis_logs.id = crisis_acknowledge.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF seen IS NULL THEN
        UPDATE crisis_logs SET user_acknowledged = true, acknowledged_at = now()
        WHERE crisis_logs.id = crisis_acknowledge.id;
    END IF;
    RETURN haven_written(haven_actor_id(), seen IS NULL, '/v1/crisis-logs/' || id, crisis_get(id, NULL, asked));
END $$;

-- PUT /v1/crisis-logs/{id}/resolution, by a clinician who cares for the person.
CREATE OR REPLACE FUNCTION crisis_resolve(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    known crisis_logs;
BEGIN
    PERFORM chain_of_crisis(id);
    SELECT * INTO known FROM crisis_logs WHERE crisis_logs.id = crisis_resolve.id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN haven_not_found();
    END IF;
    IF known.resolved_at IS NULL THEN
        UPDATE crisis_logs
        SET escalation_status = 'resolved', resolved_at = now(), resolved_by = haven_actor_id(),
            escalation_chain_executed = coalesce(escalation_chain_executed, '[]'::jsonb)
                || jsonb_build_object('step', 'resolved', 'at', haven_utc(now()))
        WHERE crisis_logs.id = crisis_resolve.id;
        PERFORM chain_settle(known.id, haven_actor_id());
    END IF;
    RETURN haven_written(known.user_id, known.resolved_at IS NULL, '/v1/crisis-logs/' || id, crisis_get(id, NULL, asked));
END $$;
