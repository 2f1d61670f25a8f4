-- $1 the place of the last event that was seen, $2 and of the last that is asked for, $3 how many, $4 the service's scopes,
-- $5 whether the look itself is recorded, $6 the access. What of that is for who asks; no row where that is nothing.
WITH found AS MATERIALIZED (
    SELECT ARRAY(
        SELECT (event_place(position), created_at, event_item(events), user_id)::haven_item
        FROM events
        WHERE position > event_position($1) AND position <= event_position($2)
          AND (haven_actor() <> 'service'
               OR (for_scope = ANY (string_to_array($4, ' ')) AND event_is_for_services(kind, user_id)))
        ORDER BY position LIMIT $3::integer) AS items
)
SELECT listed.* FROM found, LATERAL haven_listed(haven_ok(haven_who_asks(), NULL), found.items, $3::integer, $6) AS listed
WHERE $5::boolean OR cardinality(found.items) > 0
