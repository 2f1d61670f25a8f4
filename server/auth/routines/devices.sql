-- The log-ins of who asks, as devices they can end.

-- DELETE /v1/auth/devices/{id}
CREATE OR REPLACE FUNCTION device_end(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM token_families
    WHERE token_families.id = device_end.id AND haven_actor_id() IN (user_id, clinician_id) AND haven_lives(token_families);
    IF NOT FOUND OR NOT haven_end_family(id, 'ended') THEN
        RETURN haven_not_found();
    END IF;
    RETURN haven_no_content(haven_who_asks());
END $$;

-- DELETE /v1/auth/devices: this one too.
CREATE OR REPLACE FUNCTION devices_end(id uuid, body jsonb, asked jsonb) RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_end_tokens(haven_actor_id(), NULL);
    RETURN haven_no_content(haven_who_asks());
END $$;
