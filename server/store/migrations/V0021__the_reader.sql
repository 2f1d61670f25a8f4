-- The reader (a role for reports): of every person's rows what a report may know. Ids, times, numbers and
-- codes; no address, name, hash, word or file of anybody's. A column or table that comes later is not in it
-- until a migration says so.
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM haven_readonly;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM haven_readonly;

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT c.oid::regclass AS readable, string_agg(quote_ident(a.attname), ', ') AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relrowsecurity
          AND c.relname NOT IN ('access_tokens', 'write_receipts', 'trace_chunks', 'encryption_keys', 'loose_objects',
                                'master_key_check')
          AND a.attname NOT IN ('date_of_birth', 'encryption_key_id')
          AND (a.atttypid IN ('uuid'::regtype, 'timestamptz'::regtype, 'date'::regtype, 'boolean'::regtype,
                              'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'numeric'::regtype,
                              'double precision'::regtype)
               OR a.attname IN ('status', 'role', 'modality', 'environment_id', 'interaction_mode',
                                'safety_status', 'crisis_level', 'response_mode', 'recommended_action',
                                'escalation_status', 'response_template_id', 'escalation_reason', 'priority',
                                'review_status', 'required_role', 'clinician_action', 'technique',
                                'artifact_type', 'sensitivity_level', 'goal_category', 'event_type',
                                'from_state', 'to_state', 'notification_type', 'consent_type',
                                'consent_version', 'preferred_language', 'agent_name', 'tool_name',
                                'action', 'resource_type', 'actor', 'request_method', 'request_path'))
        GROUP BY c.oid
    LOOP
        EXECUTE format('GRANT SELECT (%s) ON %s TO haven_readonly', one.columns, one.readable);
        EXECUTE format('CREATE POLICY haven_report ON %s FOR SELECT TO haven_readonly USING (true)', one.readable);
    END LOOP;
END $$;
