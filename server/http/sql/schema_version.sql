-- As far as the schema has come, and which programs it serves: those that know at least this version (V0025; before that,
-- itself).
SELECT max(version) AS version, max(coalesce((to_jsonb(m) ->> 'oldest_program')::integer, version)) AS oldest_program
FROM schema_migrations AS m
