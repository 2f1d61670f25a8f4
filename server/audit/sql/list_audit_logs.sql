-- $1 nothing, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 what was asked for. The newest
-- first: a person's own, a supervisor's as filtered.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, page_time, item, (item ->> 'user_id')::uuid)::haven_item
    FROM audit_entries($2::timestamptz, $3::uuid, $4::integer, $5::jsonb) WHERE $1::uuid IS NULL), $4, $6)
