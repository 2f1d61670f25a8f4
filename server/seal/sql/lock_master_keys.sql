-- One server after the other says which master key it has.
SELECT pg_advisory_xact_lock(hashtextextended('haven master keys', 0))
