-- Audit rows are written once. The one change let through is the foreign keys' own: the link to a
-- deleted user or clinician becomes NULL.
CREATE FUNCTION haven_keep_audit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unlinked audit_logs%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        unlinked := OLD;
        IF NEW.user_id IS NULL THEN
            unlinked.user_id := NULL;
        END IF;
        IF NEW.clinician_id IS NULL THEN
            unlinked.clinician_id := NULL;
        END IF;
        IF NEW IS NOT DISTINCT FROM unlinked THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_logs is append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER keep_audit_rows BEFORE UPDATE OR DELETE ON audit_logs
    FOR EACH ROW EXECUTE FUNCTION haven_keep_audit_rows();
CREATE TRIGGER keep_audit_table BEFORE TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION haven_keep_audit_rows();
