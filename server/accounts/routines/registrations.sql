-- Accounts to be: asked for by anybody, made by who can read what is sent to the address.

-- POST /v1/users. What is done here is the same for every address: whether it has an account is looked up when the
-- letter is sent.
CREATE OR REPLACE FUNCTION registration_post(address text, older text, hash text, name text, language text, motion boolean,
                                             ip inet, agent text)
RETURNS haven_answer LANGUAGE sql SET haven.actor = 'job' AS $$
    WITH asked AS (
        INSERT INTO registrations (email, email_older, password_hash, full_name, preferred_language, consent_motion_trace,
                                   ip_address, user_agent)
        VALUES (address, older, hash, name, language, motion, ip, nullif(agent, ''))
        RETURNING id
    ), letter AS (
        INSERT INTO letters (kind, bearer, registration_id) SELECT 'verification', 'user', id FROM asked
    )
    SELECT haven_status(haven_nobody(), 202)
$$;

-- The account of a registration; NULL where its address has one meanwhile, or it is gone.
CREATE OR REPLACE FUNCTION registration_confirm(registration uuid) RETURNS uuid
LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    asked registrations%ROWTYPE;
    person uuid;
BEGIN
    PERFORM letters_lock();
    SELECT * INTO asked FROM registrations WHERE id = registration;
    DELETE FROM registrations WHERE email = asked.email;
    INSERT INTO users (email, password_hash, full_name, preferred_language, consent_data_processing)
    SELECT asked.email, asked.password_hash, asked.full_name, asked.preferred_language, true
    WHERE asked.id IS NOT NULL AND NOT EXISTS (SELECT FROM users WHERE email = asked.email_older)
    ON CONFLICT DO NOTHING
    RETURNING id INTO person;
    INSERT INTO consent_records (user_id, consent_type, consent_version, consent_given, consent_text, ip_address, user_agent,
                                 consented_at)
    SELECT person, said.consent_type, words.consent_version, given, words.consent_text, asked.ip_address, asked.user_agent,
           asked.created_at
    FROM (VALUES ('data_processing', true), ('motion_trace', asked.consent_motion_trace)) AS said (consent_type, given),
         consent_text_in(said.consent_type, consent_in_force(said.consent_type, asked.created_at),
                         asked.preferred_language) AS words
    WHERE person IS NOT NULL;
    RETURN person;
END $$;

-- The right password for an address that is not confirmed yet: its letter is sent again, once in five minutes.
CREATE OR REPLACE FUNCTION registration_remind(registration uuid) RETURNS void LANGUAGE sql SET haven.actor = 'job' AS $$
    SELECT letters_lock();
    INSERT INTO letters (kind, bearer, registration_id)
    SELECT 'verification', 'user', id FROM registrations
    WHERE id = registration
      AND NOT EXISTS (SELECT FROM letters WHERE registration_id = registration)
      AND NOT EXISTS (SELECT FROM one_time_codes
                      WHERE registration_id = registration AND created_at > now() - interval '5 minutes')
$$;

-- By the person who runs the server, where no mail is sent: the newest registration of an address.
CREATE OR REPLACE FUNCTION registration_confirm_address(address text) RETURNS uuid LANGUAGE sql AS $$
    SELECT registration_confirm((SELECT id FROM registrations WHERE email = address ORDER BY created_at DESC LIMIT 1))
$$;
