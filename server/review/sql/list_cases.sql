-- $1 NULL, $7 {"query": {"review_status", "priority", "mine"}}. The open cases by priority, then by deadline: an order of
-- its own, so nothing stands for $4 and $5. A page_time holds both: the deadline, and 8 766 000 hours (1000 years) for
-- each rank of priority after the first.
WITH seen AS (
    SELECT floor(extract(epoch FROM least(greatest($2::timestamptz, '1970-01-01 00:00:00+00'), '9999-01-01 00:00:00+00'))
                 / 31557600000)::integer AS steps
), last AS (
    SELECT steps + 1 AS rank, $2::timestamptz - steps * interval '8766000 hours' AS deadline FROM seen
)
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, haven_queue_time(review_deadline) + (priority_rank - 1) * interval '8766000 hours', case_item(hitl_escalations),
            haven_person_of_session(session_id))::haven_item
    FROM hitl_escalations
    WHERE $1::uuid IS NULL AND $4::timestamptz IS NOT NULL AND $5::uuid IS NOT NULL
      AND review_status IN ('pending', 'in_review', 'escalated')
      AND haven_wanted($7, 'review_status', review_status) AND haven_wanted($7, 'priority', priority)
      AND (coalesce($7::jsonb #>> '{query,mine}', 'false') = 'false' OR assigned_to_clinician_id = haven_actor_id())
      AND (priority_rank, haven_queue_time(review_deadline), id) >
          ((SELECT rank FROM last), (SELECT deadline FROM last), $3::uuid)
      -- case_is_for_me, asked once instead of for each case.
      AND (required_role = ANY ((SELECT haven_roles_up_to(haven_actor_role()))::text[])
           OR id IN (SELECT escalation_id FROM hitl_reviews WHERE clinician_id = haven_actor_id()))
    ORDER BY priority_rank, haven_queue_time(review_deadline), id
    LIMIT $6::integer + 1), $6, $8)
