-- Which programs a schema serves, beside the one that made it: those that know at least this version. A
-- migration under which older programs can go on leaves it; one that takes something from them says
-- ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT N, with its own number for N.
ALTER TABLE schema_migrations ADD COLUMN oldest_program INTEGER NOT NULL DEFAULT 25;
