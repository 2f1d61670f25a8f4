-- Who may execute what. The application's role: all but what makes partitions, of which it calls the two
-- at the top. The reader: what row-level security asks of it. Everybody else: nothing. Called when the
-- routines have been replaced.
CREATE OR REPLACE FUNCTION haven_grant_functions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    for_the_application constant text[] := '{haven_maintain_partitions,haven_default_partition_rows}';
    for_the_reader constant text[] := '{haven_actor,haven_actor_id,haven_actor_role,haven_cares_for,haven_cared_for}';
    one record;
BEGIN
    FOR one IN SELECT pg_proc.oid::regprocedure AS signature, proname, prosecdef FROM pg_proc
               WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')
                 AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, haven_app, haven_readonly', one.signature);
        IF NOT one.prosecdef OR one.proname = ANY (for_the_application) THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO haven_app', one.signature);
        END IF;
        IF one.proname = ANY (for_the_reader) THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO haven_readonly', one.signature);
        END IF;
    END LOOP;
END $$;
