-- $1 nothing, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 what was asked for. The newest
-- first: a person's own, a supervisor's as filtered.
WITH page AS (
    SELECT id, page_time, item, row_number() OVER () AS place
    FROM audit_entries($2::timestamptz, $3::uuid, $4::integer, $5::jsonb) WHERE $1::uuid IS NULL
)
SELECT id, page_time, item, CASE WHEN place <= $4::integer THEN haven_saw((item ->> 'user_id')::uuid) END AS seen
FROM page ORDER BY place
