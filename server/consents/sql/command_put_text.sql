-- $1 consent_type, $2 consent_version, $3 what PUT of it takes. By the person who runs the server.
WITH put AS MATERIALIZED (
    SELECT * FROM consent_text_put(NULL, $3::jsonb, jsonb_build_object(
        'path', jsonb_build_object('consent_type', $1::text, 'consent_version', $2::text)))
), audit AS (
    INSERT INTO audit_logs (action, resource_type, changes_made)
    SELECT 'consent_text_put', 'consent_texts', changes FROM put WHERE status = 201
)
SELECT status, coalesce(pointer, '') AS pointer, coalesce(detail, '') AS detail FROM put
