-- Whom the clinician who asks cares for is looked up once a statement, not once a row: a stranger's rows
-- cost what no rows cost.
CREATE FUNCTION haven_cared_for() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT user_id FROM clinician_assignments
    WHERE clinician_id = haven_actor_id() AND ended_at IS NULL
$$;

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT polrelid::regclass AS protected, polname,
                      pg_get_expr(polqual, polrelid) AS visible
               FROM pg_policy WHERE pg_get_expr(polqual, polrelid) LIKE '%haven_cares_for(%' LOOP
        EXECUTE format('ALTER POLICY %I ON %s USING (%s)', one.polname, one.protected,
                       regexp_replace(one.visible, 'haven_cares_for\((\w+)\)',
                                      '\1 IN (SELECT haven_cared_for())', 'g'));
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION haven_protect(protected regclass, own text, others text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    has_user boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = protected
                                AND attname = 'user_id' AND NOT attisdropped);
BEGIN
    PERFORM haven_protect_by(protected, format(
        'CASE (SELECT haven_actor()) WHEN ''user'' THEN %s WHEN ''clinician'' THEN %s'
        ' ELSE coalesce((SELECT haven_actor()) = ANY (%L::text[]), false) END',
        coalesce(own, 'false'),
        CASE WHEN NOT 'clinician' = ANY (others) THEN 'false'
             WHEN has_user THEN '(SELECT haven_actor_role()) = ''supervisor'''
                                ' OR user_id IN (SELECT haven_cared_for())'
             ELSE 'true' END,
        array_remove(others, 'clinician')));
END $$;
