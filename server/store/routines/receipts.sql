-- What a write is known by. Its receipt keeps the digest of what it says, and where a headset sent it that
-- of its bytes: the same again is a success, something else under the same id a conflict.

-- One writer of an id at a time, until the transaction ends.
CREATE OR REPLACE FUNCTION haven_lock(id uuid) RETURNS void LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(uuid_hash_extended(id, 0)) $$;

-- A null says no more than what is left out.
CREATE OR REPLACE FUNCTION haven_said(body jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(body) WHERE value <> 'null'
$$;

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
-- somebody else's 'foreign', and one of what was deleted 'gone'. Older receipts know nulls, too.
CREATE OR REPLACE FUNCTION haven_claim(kind text, id uuid, body jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    wanted constant bytea := haven_digest(haven_said(body));
    known bytea;
BEGIN
    PERFORM haven_lock(id);
    IF haven_is_deleted(kind, id) THEN
        RETURN 'gone';
    END IF;
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest)
    VALUES (kind, id, CASE haven_actor() WHEN 'user' THEN haven_actor_id() END, wanted)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM set_config('haven.claimed', id::text, true);
        RETURN 'new';
    END IF;
    SELECT digest INTO known FROM write_receipts
    WHERE resource_type = kind AND resource_id = haven_claim.id;
    RETURN CASE WHEN known IS NULL THEN 'foreign' WHEN known IN (wanted, haven_digest(body)) THEN 'same'
                ELSE 'other' END;
END $$;

-- What a headset sends is answered with its receipt, for which alone it lets go of what it sent: the id,
-- and the SHA-256 of the body as it came. Whoever writes holds the id's lock.
CREATE OR REPLACE FUNCTION haven_receipt(id uuid, asked jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_build_object('id', id, 'sha256', asked ->> 'received') $$;

-- The write is done.
CREATE OR REPLACE FUNCTION haven_kept(kind text, id uuid, said jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO write_receipts (resource_type, resource_id, user_id, digest, meaning)
    VALUES (kind, id, haven_actor_id(), decode(asked ->> 'received', 'hex'), haven_digest(said));
    RETURN haven_created(haven_actor_id(), haven_receipt(id, asked));
END $$;

CREATE OR REPLACE FUNCTION haven_is_kept(kind text, id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM write_receipts WHERE resource_type = kind AND resource_id = id)
$$;

-- The write was done before. Its bytes or what they say: older receipts know the bytes alone.
CREATE OR REPLACE FUNCTION haven_again(kind text, id uuid, said jsonb, asked jsonb)
RETURNS haven_answer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM write_receipts
                             WHERE resource_type = kind AND resource_id = id
                               AND (digest = decode(asked ->> 'received', 'hex')
                                    OR meaning = haven_digest(said)))
                THEN haven_ok(haven_actor_id(), haven_receipt(id, asked))
                ELSE haven_conflict(haven_actor_id(), NULL) END
$$;
