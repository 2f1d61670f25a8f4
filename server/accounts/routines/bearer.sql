-- GET /v1/auth/tokens/current: who its bearer is, and which server says so. No name, no address.
CREATE OR REPLACE FUNCTION token_bearer(id uuid, body jsonb, asked jsonb) RETURNS haven_answer
LANGUAGE sql STABLE AS $$
    SELECT haven_ok(haven_who_asks(), jsonb_build_object(
        'server_id', (SELECT server_identity.id FROM server_identity),
        'bearer', haven_actor(), 'bearer_id', haven_actor_id()))
$$;
