-- $1 the last place that was looked at, $2 how many. Whom each event since then is for.
SELECT event_place(position) AS place, CASE WHEN for_person THEN user_id END AS person,
       for_carers OR for_role IS NOT NULL OR clinician_id IS NOT NULL AS clinicians, for_scope IS NOT NULL AS services
FROM events WHERE position > event_position($1) ORDER BY position LIMIT $2
