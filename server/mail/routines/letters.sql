-- Letters: written in the transaction of what they are about, sent later (server/mail/sender.hpp).

-- Whoever prepares a letter or takes a code holds this until their transaction ends, before any row: they touch the
-- same rows from two sides.
CREATE OR REPLACE FUNCTION letters_lock() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('haven letters', 0))
$$;

-- A letter to somebody with an account, under the address they have now.
CREATE OR REPLACE FUNCTION letter_to_bearer(wanted text, bearer_id uuid) RETURNS void
LANGUAGE sql SET haven.actor = 'job' AS $$
    INSERT INTO letters (kind, bearer, user_id, email) SELECT wanted, 'user', id, email FROM users WHERE id = bearer_id;
    INSERT INTO letters (kind, bearer, clinician_id, email)
    SELECT wanted, 'clinician', id, email FROM clinicians WHERE id = bearer_id;
$$;

-- To an address that somebody typed: a user's or a clinician's, or nobody's.
CREATE OR REPLACE FUNCTION letter_to_address(wanted text, bearer_kind text, typed text, older text) RETURNS void
LANGUAGE sql SET haven.actor = 'job' AS $$
    INSERT INTO letters (kind, bearer, email, email_older) VALUES (wanted, bearer_kind, typed, older)
$$;

-- Takes the letter that has waited longest, one that calls in a crisis before all others, for whoever asks first. It is nobody's turn again before it would be sent
-- once more: after two minutes, then four, up to an hour.
CREATE OR REPLACE FUNCTION letter_take() RETURNS uuid LANGUAGE sql AS $$
    UPDATE letters
    SET attempts = attempts + 1,
        next_attempt_at = now() + least(interval '2 minutes' * power(2, least(attempts, 10)), interval '1 hour')
    WHERE id = (SELECT id FROM letters WHERE given_up_at IS NULL AND next_attempt_at <= now()
                ORDER BY kind <> 'crisis_call', next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
$$;

-- Whose account has the address.
CREATE OR REPLACE FUNCTION letter_owner(bearer_kind text, address text, older text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT id FROM (
        SELECT id, email FROM users WHERE bearer_kind = 'user' AND email IN (address, older)
        UNION ALL
        SELECT id, email FROM clinicians WHERE bearer_kind = 'clinician' AND email IN (address, older)) AS owners
    ORDER BY email <> address LIMIT 1
$$;

-- What is left of a letter that was written before its address was looked up: one about a registration or a new
-- address goes to who has the address, if somebody has, and tells them; a reset goes to who has it, or nowhere. NULL:
-- there is nobody to write to any more, they do not want it any more, or it comes too late.
CREATE OR REPLACE FUNCTION letter_resolved(letter letters) RETURNS letters LANGUAGE plpgsql AS $$
DECLARE
    asked registrations%ROWTYPE;
    owner uuid;
BEGIN
    IF letter.kind = 'verification' THEN
        SELECT * INTO asked FROM registrations WHERE id = letter.registration_id;
        letter.email := asked.email;
        letter.email_older := asked.email_older;
    END IF;
    IF letter.kind IN ('verification', 'address', 'reset') THEN
        owner := letter_owner(letter.bearer, letter.email, letter.email_older);
    END IF;
    IF letter.kind = 'reset' OR owner IS NOT NULL THEN
        IF letter.kind <> 'reset' THEN
            letter.kind := 'registered';
        END IF;
        letter.registration_id := NULL;
        letter.user_id := CASE letter.bearer WHEN 'user' THEN owner END;
        letter.clinician_id := CASE letter.bearer WHEN 'clinician' THEN owner END;
    END IF;
    IF letter.expires_at <= now() OR (letter.topic IS NOT NULL AND NOT haven_wants(letter.user_id, letter.topic, 'letter'))
       OR (letter.kind = 'reminder' AND NOT haven_consents(letter.user_id, 'data_processing')) THEN
        RETURN NULL;
    END IF;
    RETURN CASE WHEN letter.registration_id IS NOT NULL
                  OR EXISTS (SELECT FROM users WHERE id = letter.user_id
                             AND (status = 'active' OR letter.kind = 'registered'))
                  OR EXISTS (SELECT FROM clinicians WHERE id = letter.clinician_id AND status = 'active'
                             AND (password_hash IS NULL) = (letter.kind = 'invitation')) THEN letter END;
END $$;

-- A letter that is to be sent now: whither, in which language, whose. `code` is the hash of its code. No row, and no
-- letter any more: there is nobody to write to.
CREATE OR REPLACE FUNCTION letter_prepare(wanted uuid, code bytea)
RETURNS TABLE (kind text, address text, language text, user_id uuid, clinician_id uuid, topic text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    written letters%ROWTYPE;
    letter letters%ROWTYPE;
    good_for interval;
BEGIN
    PERFORM letters_lock();
    SELECT * INTO written FROM letters WHERE id = wanted AND given_up_at IS NULL FOR UPDATE;
    letter := letter_resolved(written);
    IF letter.id IS NULL THEN
        DELETE FROM letters WHERE id = wanted;
        RETURN;
    END IF;
    UPDATE letters SET kind = letter.kind, registration_id = letter.registration_id, user_id = letter.user_id,
                       clinician_id = letter.clinician_id, email = letter.email
    WHERE id = wanted;
    IF letter.registration_id IS NULL THEN
        DELETE FROM registrations WHERE id = written.registration_id;
    ELSE -- the newest counts
        DELETE FROM registrations AS older USING registrations AS newest
        WHERE newest.id = letter.registration_id AND older.email = newest.email AND older.created_at < newest.created_at;
    END IF;
    good_for := CASE letter.kind WHEN 'verification' THEN interval '24 hours' WHEN 'address' THEN interval '24 hours'
                                 WHEN 'reset' THEN interval '30 minutes' WHEN 'invitation' THEN interval '7 days'
                                 WHEN 'factor_reset' THEN interval '3 days' WHEN 'factor_reset_asked' THEN interval '7 days' END;
    IF good_for IS NOT NULL THEN -- a new code of a purpose ends the older
        DELETE FROM letters AS older
        WHERE older.kind = letter.kind AND older.id <> letter.id AND older.created_at <= letter.created_at
          AND older.given_up_at IS NULL
          AND (older.user_id = letter.user_id OR older.clinician_id = letter.clinician_id
               OR older.registration_id = letter.registration_id);
        DELETE FROM one_time_codes AS older
        WHERE older.purpose = letter.kind
          AND (older.user_id = letter.user_id OR older.clinician_id = letter.clinician_id
               OR older.registration_id = letter.registration_id);
        INSERT INTO one_time_codes (code_hash, purpose, letter_id, registration_id, user_id, clinician_id, new_email,
                                    new_email_older, expires_at)
        VALUES (code, letter.kind, letter.id, letter.registration_id, letter.user_id, letter.clinician_id,
                CASE letter.kind WHEN 'address' THEN letter.email END,
                CASE letter.kind WHEN 'address' THEN letter.email_older END, now() + good_for);
    END IF;
    RETURN QUERY SELECT letter.kind::text, letter.email::text,
                        coalesce((SELECT preferred_language FROM users WHERE id = letter.user_id),
                                 (SELECT preferred_language FROM registrations WHERE id = letter.registration_id),
                                 (SELECT preferred_language FROM clinicians WHERE id = letter.clinician_id))::text,
                        letter.user_id, letter.clinician_id, letter.topic::text;
END $$;

-- It was sent: nothing stays of it but the audit row. Its code may have been used already, and the letter gone.
CREATE OR REPLACE FUNCTION letter_sent(sent uuid, sent_kind text, person uuid, clinician uuid) RETURNS void
LANGUAGE sql AS $$
    UPDATE crisis_calls SET letter_status = 'sent', letter_at = now() WHERE letter_id = sent;
    DELETE FROM letters WHERE id = sent;
    INSERT INTO audit_logs (user_id, action, resource_type, resource_id)
    SELECT (SELECT id FROM users WHERE id = person), 'mail_' || sent_kind,
           CASE WHEN person IS NOT NULL THEN 'users' WHEN clinician IS NOT NULL THEN 'clinicians' ELSE 'registrations' END,
           coalesce(person, clinician);
$$;

-- It was not. Whether it is given up now: for good, or after three days.
CREATE OR REPLACE FUNCTION letter_failed(failed uuid, for_good boolean) RETURNS boolean LANGUAGE sql AS $$
    WITH judged AS (
        SELECT id, for_good OR created_at < now() - interval '3 days' AS over FROM letters WHERE id = failed)
    UPDATE letters SET given_up_at = CASE WHEN over THEN now() END, email = CASE WHEN NOT over THEN email END,
                       email_older = CASE WHEN NOT over THEN email_older END
    FROM judged WHERE letters.id = judged.id
    RETURNING given_up_at IS NOT NULL
$$;

-- A call whose letter will never come says so: it was given up, or there is nobody to write to any more.
CREATE OR REPLACE FUNCTION haven_tell_call() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
BEGIN
    UPDATE crisis_calls SET letter_status = 'failed', letter_at = now()
    WHERE letter_id = OLD.id AND letter_status = 'waiting';
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_call AFTER DELETE ON letters
    FOR EACH ROW WHEN (OLD.kind = 'crisis_call') EXECUTE FUNCTION haven_tell_call();
CREATE OR REPLACE TRIGGER tell_call_given_up AFTER UPDATE ON letters
    FOR EACH ROW WHEN (OLD.kind = 'crisis_call' AND NEW.given_up_at IS NOT NULL) EXECUTE FUNCTION haven_tell_call();

-- How it stands with them. `late`: one was given up in the last day, or waits for more than an hour.
CREATE OR REPLACE FUNCTION letters_state(OUT waiting bigint, OUT given_up bigint, OUT late boolean) LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE given_up_at IS NULL AND created_at <= now()), count(given_up_at),
           coalesce(bool_or(CASE WHEN given_up_at IS NULL THEN created_at < now() - interval '1 hour'
                                 ELSE given_up_at > now() - interval '1 day' END), false)
    FROM letters
$$;

-- What nobody has confirmed in seven days, codes that ran out, and letters given up a month ago.
CREATE OR REPLACE FUNCTION haven_job_forget_letters() RETURNS integer LANGUAGE sql AS $$
    SELECT letters_lock();
    DELETE FROM one_time_codes WHERE expires_at < now();
    DELETE FROM letters WHERE given_up_at < now() - interval '30 days';
    WITH gone AS (DELETE FROM registrations WHERE created_at < now() - interval '7 days' RETURNING 1)
    SELECT count(*)::integer FROM gone;
$$;
