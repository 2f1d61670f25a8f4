-- What people want to be told and when, reminders that they set, and the words of consents, version by version.

-- How a person wants to be told. No row: everything in the app, nothing by letter, no quiet hours. What is of safety
-- (session_reviewed, system) stands in the app whatever they choose.
CREATE TABLE notification_preferences (
    user_id UUID PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    not_in_app TEXT[] NOT NULL DEFAULT '{}' CHECK (not_in_app <@ '{reminder,achievement}'),
    by_letter TEXT[] NOT NULL DEFAULT '{}' CHECK (by_letter <@ '{session_reviewed,reminder,achievement,system}'),
    quiet_from TIME, -- where the person lives
    quiet_until TIME,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
    CHECK (quiet_from <> quiet_until)
);

CREATE TABLE reminders (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    days TEXT[] NOT NULL CHECK (cardinality(days) > 0
                                AND days <@ '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'),
    local_time TIME NOT NULL, -- where the person lives
    next_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_reminders_user_id ON reminders(user_id, created_at, id);
CREATE INDEX idx_reminders_next_at ON reminders(next_at);
SELECT haven_protect('notification_preferences', 'user_id = (SELECT haven_actor_id())', '{job}');
SELECT haven_protect('reminders', 'user_id = (SELECT haven_actor_id())', '{job}');

-- Letters about what stands in the app, which a person may end by kind (topic), and about what happened to their log-in.
ALTER TABLE letters DROP CONSTRAINT letters_kind_check;
ALTER TABLE letters
    ADD COLUMN topic VARCHAR(50), -- the notification_type that it tells of
    ADD COLUMN expires_at TIMESTAMPTZ, -- it is not sent any more
    ADD CONSTRAINT letters_kind_check CHECK (kind IN (
        'verification', 'registered', 'reset', 'password_changed', 'address', 'address_asked', 'invitation', 'notice',
        'reminder', 'factor_confirmed', 'factor_removed', 'recovery_used', 'device_linked')),
    ADD CONSTRAINT letters_topic_check CHECK ((topic IS NOT NULL) = (kind IN ('notice', 'reminder')));
DROP FUNCTION IF EXISTS letter_prepare(uuid, bytea);

-- A refresh token is the client's that got it (RFC 6749 6): NULL, a log-in with a password.
ALTER TABLE token_families ADD COLUMN client_id VARCHAR(50);
UPDATE token_families SET client_id = device_grants.client_id FROM device_grants WHERE family_id = token_families.id;
UPDATE token_families SET client_id = 'haven-xr' WHERE came_by = 'device' AND client_id IS NULL;
DROP FUNCTION IF EXISTS code_bearer(bytea, text); -- tells more now
DROP FUNCTION IF EXISTS token_refresh(bytea, bytea, bytea, double precision);

-- The words of consents. What stands here is never changed; a newer version may ask anew those who agreed to an older one,
-- whose yes counts until renew_by.
CREATE TABLE consent_versions (
    consent_type VARCHAR(100) NOT NULL
        CHECK (consent_type IN ('data_processing', 'marketing', 'emergency_contact', 'research', 'motion_trace')),
    consent_version VARCHAR(20) NOT NULL CHECK (consent_version ~ '^[A-Za-z0-9._-]+$'),
    valid_from TIMESTAMPTZ NOT NULL,
    asks_anew BOOLEAN NOT NULL DEFAULT FALSE,
    renew_by TIMESTAMPTZ CHECK (renew_by IS NULL OR (asks_anew AND renew_by > valid_from)),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (consent_type, consent_version)
);
CREATE TABLE consent_texts (
    consent_type VARCHAR(100) NOT NULL,
    consent_version VARCHAR(20) NOT NULL,
    language VARCHAR(10) NOT NULL CHECK (language ~ '^[a-z0-9-]+$'),
    consent_text TEXT NOT NULL CHECK (consent_text <> ''),
    sha256 VARCHAR(64) NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (consent_type, consent_version, language),
    FOREIGN KEY (consent_type, consent_version) REFERENCES consent_versions ON DELETE CASCADE
);
SELECT haven_protect_by('consent_versions', '(SELECT haven_actor()) IS NOT NULL');
SELECT haven_protect_by('consent_texts', '(SELECT haven_actor()) IS NOT NULL');
CREATE POLICY haven_put ON consent_versions AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT haven_actor_role()) = 'supervisor' OR (SELECT haven_actor()) = 'job');
CREATE POLICY haven_put ON consent_texts AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT haven_actor_role()) = 'supervisor' OR (SELECT haven_actor()) = 'job');
REVOKE UPDATE, DELETE, TRUNCATE ON consent_versions, consent_texts FROM haven_app;

-- What people have agreed to already: each version that a record names, in the words of the first that has them.
INSERT INTO consent_versions (consent_type, consent_version, valid_from)
SELECT consent_type, consent_version, min(consented_at) FROM consent_records
WHERE consent_type IN ('data_processing', 'marketing', 'emergency_contact', 'research', 'motion_trace')
  AND consent_version ~ '^[A-Za-z0-9._-]+$'
GROUP BY consent_type, consent_version
HAVING count(nullif(consent_text, '')) > 0 OR consent_version NOT IN ('v1.0', 'v2.0');
INSERT INTO consent_texts (consent_type, consent_version, language, consent_text, sha256)
SELECT consent_type, consent_version, 'en', consent_text, encode(sha256(convert_to(consent_text, 'UTF8')), 'hex')
FROM (SELECT consent_type, consent_version, coalesce(
          (SELECT consent_text FROM consent_records AS agreed
           WHERE agreed.consent_type = version.consent_type AND agreed.consent_version = version.consent_version
             AND agreed.consent_text <> '' ORDER BY consented_at LIMIT 1),
          'The words of this version are those that the application showed; they were not kept here.') AS consent_text
      FROM consent_versions AS version) AS known;

-- The words of versions that clients name today without sending any.
WITH words (consent_type, language, consent_text) AS (VALUES
    ('data_processing', 'en', 'I agree that what I write, draw and say here, and how my sessions went, is kept and processed, so that this service can be there for me. I may withdraw this at any time; from then on nothing new is kept.'),
    ('data_processing', 'de', 'Ich bin einverstanden, dass gespeichert und verarbeitet wird, was ich hier schreibe, zeichne und sage und wie meine Sitzungen verliefen, damit dieser Dienst für mich da sein kann. Ich kann das jederzeit widerrufen; von da an wird nichts Neues gespeichert.'),
    ('data_processing', 'es', 'Acepto que se guarde y se trate lo que escribo, dibujo y digo aquí, y cómo fueron mis sesiones, para que este servicio pueda acompañarme. Puedo retirarlo en cualquier momento; desde entonces no se guarda nada nuevo.'),
    ('data_processing', 'fr', 'J''accepte que ce que j''écris, dessine et dis ici, et le déroulement de mes séances, soit conservé et traité, afin que ce service puisse m''accompagner. Je peux retirer cet accord à tout moment ; dès lors, rien de nouveau n''est conservé.'),
    ('motion_trace', 'en', 'I agree that the motion of both my hands while I draw is kept, sealed under my own key. Without this my drawings are kept all the same. I may withdraw this at any time.'),
    ('motion_trace', 'de', 'Ich bin einverstanden, dass die Bewegung meiner beiden Hände beim Zeichnen gespeichert wird, versiegelt unter meinem eigenen Schlüssel. Ohne das werden meine Zeichnungen trotzdem gespeichert. Ich kann das jederzeit widerrufen.'),
    ('motion_trace', 'es', 'Acepto que se guarde el movimiento de mis dos manos mientras dibujo, sellado con mi propia clave. Sin esto mis dibujos se guardan igualmente. Puedo retirarlo en cualquier momento.'),
    ('motion_trace', 'fr', 'J''accepte que le mouvement de mes deux mains pendant que je dessine soit conservé, scellé sous ma propre clé. Sans cela, mes dessins sont conservés tout de même. Je peux retirer cet accord à tout moment.'),
    ('research', 'en', 'I agree that my drawings and the figures of my sessions may be studied without my name. I may withdraw this at any time.'),
    ('research', 'de', 'Ich bin einverstanden, dass meine Zeichnungen und die Zahlen meiner Sitzungen ohne meinen Namen untersucht werden. Ich kann das jederzeit widerrufen.'),
    ('research', 'es', 'Acepto que mis dibujos y las cifras de mis sesiones se estudien sin mi nombre. Puedo retirarlo en cualquier momento.'),
    ('research', 'fr', 'J''accepte que mes dessins et les chiffres de mes séances soient étudiés sans mon nom. Je peux retirer cet accord à tout moment.'),
    ('marketing', 'en', 'I agree to hear what is new in this service. I may withdraw this at any time.'),
    ('marketing', 'de', 'Ich bin einverstanden, von Neuem in diesem Dienst zu hören. Ich kann das jederzeit widerrufen.'),
    ('marketing', 'es', 'Acepto recibir las novedades de este servicio. Puedo retirarlo en cualquier momento.'),
    ('marketing', 'fr', 'J''accepte de recevoir les nouveautés de ce service. Je peux retirer cet accord à tout moment.'),
    ('emergency_contact', 'en', 'I agree that the person I named may be told where somebody who cares for me here thinks that I am in danger. I may withdraw this at any time.'),
    ('emergency_contact', 'de', 'Ich bin einverstanden, dass die Person, die ich genannt habe, benachrichtigt wird, wenn jemand, der mich hier betreut, mich in Gefahr glaubt. Ich kann das jederzeit widerrufen.'),
    ('emergency_contact', 'es', 'Acepto que se avise a la persona que he nombrado si alguien que me atiende aquí cree que estoy en peligro. Puedo retirarlo en cualquier momento.'),
    ('emergency_contact', 'fr', 'J''accepte que la personne que j''ai nommée soit prévenue si quelqu''un qui m''accompagne ici me croit en danger. Je peux retirer cet accord à tout moment.')
), added AS (
    INSERT INTO consent_versions (consent_type, consent_version, valid_from)
    SELECT DISTINCT consent_type, consent_version, valid_from
    FROM words, (VALUES ('v1.0', timestamptz '2026-01-01T00:00Z'), ('v2.0', timestamptz '2026-02-11T00:00Z'))
                AS version (consent_version, valid_from)
    ON CONFLICT DO NOTHING
    RETURNING consent_type, consent_version
)
INSERT INTO consent_texts (consent_type, consent_version, language, consent_text, sha256)
SELECT consent_type, consent_version, language, consent_text, encode(sha256(convert_to(consent_text, 'UTF8')), 'hex')
FROM added JOIN words USING (consent_type);

-- An older program knows none of the new letters, and would send them as nothing.
ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 35;
