-- All the person who asks has ever said.
SELECT * FROM haven_listed(haven_ok(haven_actor_id(), NULL), ARRAY(
    SELECT (id, consented_at, consent_json(consent_records), user_id)::haven_item
    FROM consent_records
    WHERE $1::uuid IS NULL AND user_id = (SELECT haven_actor_id())
      AND (consented_at, id) > ($2::timestamptz, $3::uuid) AND (consented_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'consent_type', consent_type)
    ORDER BY consented_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
