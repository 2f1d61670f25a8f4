-- What is written twice. A PUT is known by the id that its client made: the receipt keeps the digest of what it said, so
-- that the same again is a success and something else under the same id a conflict. A POST, whose id is the server's, is
-- known by the Idempotency-Key that may come with it.

-- One writer of an id at a time, until the transaction ends.
CREATE OR REPLACE FUNCTION haven_lock(id uuid) RETURNS void LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(uuid_hash_extended(id, 0)) $$;

-- A null says no more than what is left out.
CREATE OR REPLACE FUNCTION haven_said(body jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(body) WHERE value <> 'null'
$$;

-- The id of what has a name instead.
CREATE OR REPLACE FUNCTION haven_id_of_name(name text) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(substring(sha256(convert_to(name, 'UTF8')) FOR 16), 'hex')::uuid $$;

-- `content` comes in one spelling (net/api/json.hpp), and jsonb has one order.
CREATE OR REPLACE FUNCTION haven_digest(content jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT sha256(convert_to(content::text, 'UTF8')) $$;

-- Whether who asks deleted it.
CREATE OR REPLACE FUNCTION haven_is_deleted(kind text, id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM write_receipts
                   WHERE resource_type = kind AND resource_id = haven_is_deleted.id AND deleted_at IS NOT NULL)
$$;

-- Whether what is not there and would be written is deleted, or would stand below what is: then it counts as deleted
-- itself, and what would stand below it, too.
CREATE OR REPLACE FUNCTION haven_is_gone(kind text, id uuid, parent_kind text DEFAULT NULL, parent uuid DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF haven_is_deleted(kind, id) THEN
        RETURN true;
    END IF;
    IF parent IS NULL OR NOT haven_is_deleted(parent_kind, parent) THEN
        RETURN false;
    END IF;
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, deleted_at)
    VALUES (kind, id, CASE haven_actor() WHEN 'user' THEN haven_actor_id() END, decode(repeat('00', 32), 'hex'), now())
    ON CONFLICT DO NOTHING;
    RETURN true;
END $$;

-- The status of a write of what is not there.
CREATE OR REPLACE FUNCTION haven_missing(kind text, id uuid) RETURNS integer LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN haven_is_deleted(kind, id) THEN 410 ELSE 404 END $$;

-- The answer to it.
CREATE OR REPLACE FUNCTION haven_not_there(kind text, id uuid) RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT CASE haven_missing(kind, id) WHEN 410 THEN haven_gone(haven_who_asks()) ELSE haven_not_found() END
$$;

-- Forgets what was deleted long ago: later than a device's time is believed. How many.
CREATE OR REPLACE FUNCTION haven_job_forget_deleted() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM write_receipts WHERE deleted_at < now() - interval '400 days';
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

-- The first write of an id is 'new', one that says the same 'same', another 'other', one of an id that is
-- somebody else's 'foreign'. What is said is told by its digest; `older`: those by which receipts of older programs know it.
-- One that is written at this moment is waited for: many at once are claimed in the order of their ids.
CREATE OR REPLACE FUNCTION haven_claim_as(kind text, id uuid, wanted bytea, older bytea[] DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    known write_receipts;
BEGIN
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest)
    VALUES (kind, id, CASE haven_actor() WHEN 'user' THEN haven_actor_id() END, wanted)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM set_config('haven.claimed', jsonb_build_object('kind', kind, 'id', id)::text, true);
        RETURN 'new';
    END IF;
    SELECT * INTO known FROM write_receipts
    WHERE resource_type = kind AND resource_id = haven_claim_as.id;
    RETURN CASE WHEN known.digest IS NULL THEN 'foreign'
                WHEN known.digest = ANY (wanted || older) OR known.meaning = wanted THEN 'same'
                ELSE 'other' END;
END $$;

-- The same of what its person may delete: 'gone' where they did, or where it would stand below what they deleted.
CREATE OR REPLACE FUNCTION haven_claim_below(kind text, id uuid, wanted bytea, older bytea[], parent_kind text, parent uuid)
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM haven_lock(id);
    IF NOT EXISTS (SELECT FROM write_receipts
                   WHERE resource_type = kind AND resource_id = haven_claim_below.id AND deleted_at IS NULL)
       AND haven_is_gone(kind, id, parent_kind, parent) THEN
        RETURN 'gone';
    END IF;
    RETURN haven_claim_as(kind, id, wanted, older);
END $$;

-- The same of a body. Older receipts know nulls, too, or the bytes that came alone: `asked`.
CREATE OR REPLACE FUNCTION haven_claim(kind text, id uuid, body jsonb, asked jsonb, parent_kind text DEFAULT NULL,
                                       parent uuid DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT haven_claim_below(kind, id, haven_digest(haven_said(body)),
                             ARRAY[haven_digest(body), decode(asked ->> 'received', 'hex')], parent_kind, parent)
$$;

-- The answer to a write that is not the first of its id: `got` is what GET of it at `place` answers; `other` is said
-- where it was written with other content.
CREATE OR REPLACE FUNCTION haven_claimed(subject uuid, claim text, place text, got haven_answer, other text DEFAULT NULL)
RETURNS haven_answer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE claim WHEN 'same' THEN haven_written(subject, false, place, got)
                      WHEN 'foreign' THEN haven_foreign(subject)
                      WHEN 'gone' THEN haven_gone(subject)
                      ELSE haven_conflict(subject, other) END
$$;

-- Gives back what this transaction has claimed last, which is refused.
CREATE OR REPLACE FUNCTION haven_unclaim() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    claimed constant jsonb := nullif(current_setting('haven.claimed', true), '');
BEGIN
    IF claimed IS NOT NULL THEN
        DELETE FROM write_receipts
        WHERE resource_type = claimed ->> 'kind' AND resource_id = (claimed ->> 'id')::uuid AND xmin = pg_current_xact_id()::xid;
    END IF;
END $$;

-- What is no more has no receipt, but where its person deleted it (haven_note_deleted).
CREATE OR REPLACE FUNCTION haven_drop_receipt() RETURNS trigger LANGUAGE plpgsql SET haven.actor = 'job' AS $$
DECLARE
    gone uuid;
BEGIN
    IF TG_TABLE_NAME = 'hitl_reviews' THEN
        gone := case_review_id(OLD.escalation_id, OLD.clinician_id);
    ELSE
        gone := OLD.id;
    END IF;
    DELETE FROM write_receipts WHERE resource_type = TG_ARGV[0] AND resource_id = gone;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER drop_receipt AFTER DELETE ON agent_outputs
    FOR EACH ROW EXECUTE FUNCTION haven_drop_receipt('agent_output');
CREATE OR REPLACE TRIGGER drop_receipt AFTER DELETE ON mcp_tool_calls
    FOR EACH ROW EXECUTE FUNCTION haven_drop_receipt('mcp_tool_call');
CREATE OR REPLACE TRIGGER drop_receipt AFTER DELETE ON tts_cache FOR EACH ROW EXECUTE FUNCTION haven_drop_receipt('voice');
CREATE OR REPLACE TRIGGER drop_receipt AFTER DELETE ON hitl_reviews
    FOR EACH ROW EXECUTE FUNCTION haven_drop_receipt('hitl_review');

-- A POST that comes with a key is carried out once: before it is, its key is taken here, in the same transaction. It is
-- carried out where this returns; otherwise the SQLSTATE says why not: HV208, it was, and haven_key_told has its answer;
-- HV422, the key came with another request; HV425, it is being carried out at this moment, at whichever server. A key is
-- its actor's and its route's, and is kept for 24 hours; of an actor's the newest 10 000 are.
CREATE OR REPLACE FUNCTION haven_key_take(route text, key bytea, request bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    keys_max constant integer := 10000;
    known idempotency_keys;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(
               format('key %s %s %s', haven_actor_id(), route, encode(key, 'hex')), 0)) THEN
        RAISE EXCEPTION USING ERRCODE = 'HV425', MESSAGE = 'The same key is at work at this moment.';
    END IF;
    DELETE FROM idempotency_keys AS kept
    WHERE kept.actor_id = haven_actor_id() AND kept.created_at <= now() - interval '24 hours';
    SELECT * INTO known FROM idempotency_keys AS kept
    WHERE kept.actor_id = haven_actor_id() AND kept.route = haven_key_take.route AND kept.key_hash = key;
    IF known.request_digest <> request THEN
        RAISE EXCEPTION USING ERRCODE = 'HV422', MESSAGE = 'The key came with another request before.';
    ELSIF known.request_digest IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'HV208', MESSAGE = 'The request was carried out before.';
    END IF;
    DELETE FROM idempotency_keys AS kept USING (
        SELECT older.route, older.key_hash FROM idempotency_keys AS older WHERE older.actor_id = haven_actor_id()
        ORDER BY older.created_at DESC OFFSET keys_max - 1) AS too_many
    WHERE kept.actor_id = haven_actor_id() AND kept.route = too_many.route AND kept.key_hash = too_many.key_hash;
    INSERT INTO idempotency_keys (route, key_hash, request_digest) VALUES (haven_key_take.route, key, request);
    PERFORM set_config('haven.key', jsonb_build_object('route', route, 'hash', encode(key, 'hex'))::text, true);
END $$;

-- What was done with the key that this transaction took. A refusal has done nothing, and gives it back.
CREATE OR REPLACE FUNCTION haven_key_answered(answer haven_answer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    taken constant jsonb := current_setting('haven.key');
BEGIN
    IF answer.status >= 400 THEN
        DELETE FROM idempotency_keys
        WHERE actor_id = haven_actor_id() AND route = taken ->> 'route' AND key_hash = decode(taken ->> 'hash', 'hex');
    ELSE
        UPDATE idempotency_keys SET answer_status = answer.status, body = answer.body::text, place = answer.pointer, subjects = answer.subjects
        WHERE actor_id = haven_actor_id() AND route = taken ->> 'route' AND key_hash = decode(taken ->> 'hash', 'hex');
    END IF;
    PERFORM set_config('haven.key', '', true);
END $$;

-- What the request of a key was answered with. `secret`: that was told once, and is kept nowhere.
CREATE OR REPLACE FUNCTION haven_key_told(subject uuid, wanted_route text, key bytea, secret boolean) RETURNS haven_answer
LANGUAGE plpgsql AS $$
DECLARE
    known idempotency_keys;
BEGIN
    SELECT * INTO known FROM idempotency_keys
    WHERE actor_id = haven_actor_id() AND route = wanted_route AND key_hash = key;
    IF known.answer_status IS NULL THEN -- forgotten at this moment
        RETURN haven_try_again(subject);
    END IF;
    IF secret THEN
        RETURN haven_conflict(subject, 'It was carried out before; what it answered is told once.');
    END IF;
    RETURN (known.answer_status, known.body::jsonb, known.place, NULL, known.subjects, NULL)::haven_answer;
END $$;

-- Keys are forgotten after 24 hours.
CREATE OR REPLACE FUNCTION haven_job_forget_keys() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM idempotency_keys WHERE created_at <= now() - interval '24 hours';
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
