-- $1 NULL, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 unused. What the clinician who asks has
-- said of cases, the newest first.
WITH page AS (
    SELECT hitl_escalations.id, hitl_reviews.reviewed_at AS page_time,
           jsonb_build_object('clinician_action', hitl_reviews.clinician_action, 'reviewed_at', haven_utc(hitl_reviews.reviewed_at),
                              'case', case_item(hitl_escalations)) AS item, hitl_escalations.session_id
    FROM hitl_reviews JOIN hitl_escalations ON hitl_escalations.id = hitl_reviews.escalation_id
    WHERE $1::uuid IS NULL AND $5::jsonb IS NOT NULL AND hitl_reviews.clinician_id = haven_actor_id()
      AND ($2::timestamptz IS NULL OR (hitl_reviews.reviewed_at, hitl_escalations.id) < ($2, $3::uuid))
    ORDER BY hitl_reviews.reviewed_at DESC, hitl_escalations.id DESC
    LIMIT $4::integer + 1
), numbered AS (
    SELECT page.*, row_number() OVER (ORDER BY page_time DESC, id DESC) AS place FROM page
)
SELECT id, page_time, item, CASE WHEN place <= $4::integer THEN haven_saw(haven_person_of_session(session_id)) END AS seen
FROM numbered ORDER BY place
