-- All the person who asks has ever said, the newest first; ?consent_type= takes one matter.
SELECT * FROM haven_listed(haven_ok(haven_actor_id(), NULL), ARRAY(
    SELECT (id, consented_at, consent_json(consent_records), user_id)::haven_item
    FROM consent_records
    WHERE $1::uuid IS NULL AND user_id = (SELECT haven_actor_id())
      AND ($5::jsonb #> '{query,consent_type}' IS NULL
           OR consent_type = $5::jsonb #>> '{query,consent_type}')
      AND ($2::timestamptz IS NULL OR (consented_at, id) < ($2, $3::uuid))
    ORDER BY consented_at DESC, id DESC
    LIMIT $4::integer + 1), $4, $6)
