-- Receivers of webhooks that do not answer keep nobody else waiting.
ALTER TABLE webhooks ADD COLUMN failing_since TIMESTAMPTZ; -- NULL: what was sent last was taken, or nothing was sent
DROP FUNCTION IF EXISTS webhook_take();
