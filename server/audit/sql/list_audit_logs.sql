-- $1 NULL. A person's own, a supervisor's as filtered.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, page_time, item, (item ->> 'user_id')::uuid)::haven_item
    FROM audit_entries($2::timestamptz, $3::uuid, $4::timestamptz, $5::uuid, $6::integer, $7::jsonb)
    WHERE $1::uuid IS NULL), $6, $8)
