-- A server that is told so writes each audit row on its log, too: it hears of it in the commit itself, so that what is
-- rolled back is not told.

-- What is told of a row: ids, words of the server's own, numbers and times; no address, no program, no change's contents.
CREATE FUNCTION haven_tell_log() RETURNS trigger LANGUAGE plpgsql SET client_min_messages = notice AS $$
BEGIN
    RAISE NOTICE USING ERRCODE = 'HV200', MESSAGE = jsonb_strip_nulls(jsonb_build_object(
        'id', NEW.id, 'timestamp', haven_utc(NEW."timestamp"), 'actor', NEW.actor, 'user_id', NEW.user_id,
        'clinician_id', NEW.clinician_id, 'service_id', NEW.service_id, 'action', NEW.action,
        'resource_type', NEW.resource_type, 'resource_id', NEW.resource_id, 'request_method', NEW.request_method,
        'request_path', NEW.request_path, 'response_status', NEW.response_status, 'is_phi_access', NEW.is_phi_access,
        'phi_access_reason', NEW.phi_access_reason, 'request_id', NEW.request_id))::text;
    RETURN NULL;
END $$;

-- Deferred: at the commit, of the rows that are left then.
CREATE CONSTRAINT TRIGGER tell_log AFTER INSERT ON audit_logs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (current_setting('haven.log_audit', true) = 'true') EXECUTE FUNCTION haven_tell_log();
