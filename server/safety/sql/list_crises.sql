-- Those that who asks may see.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, created_at, crisis_item(crisis_logs), user_id)::haven_item
    FROM crisis_logs
    WHERE $1::uuid IS NULL
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'escalation_status', escalation_status)
      AND haven_wanted($7, 'crisis_level', crisis_level)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
