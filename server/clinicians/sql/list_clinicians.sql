-- $1 NULL.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, created_at, clinician_item(clinicians), NULL)::haven_item
    FROM clinicians
    WHERE $1::uuid IS NULL
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'role', role) AND haven_wanted($7, 'status', status)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
