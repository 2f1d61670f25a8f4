-- $1 the id to be written. One writer at a time for each id, until the transaction ends: the statements that follow see
-- all that an earlier writer of the same id did, so equal writes sent at once give one row and no error.
SELECT pg_advisory_xact_lock(uuid_hash_extended($1::uuid, 0))
