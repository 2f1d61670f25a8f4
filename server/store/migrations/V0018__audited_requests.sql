-- Which request an entry is of: what the server's log and a problem's request_id call it.
ALTER TABLE audit_logs ADD COLUMN request_id VARCHAR(64);
