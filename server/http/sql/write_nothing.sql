-- Fails, and spoils its connection, where the database only reads, as after a failover.
DELETE FROM attempts WHERE false
