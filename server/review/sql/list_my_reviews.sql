-- $1 NULL, $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 unused. What the clinician who asks has
-- said of cases, the newest first.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (hitl_escalations.id, hitl_reviews.reviewed_at,
           jsonb_build_object('clinician_action', hitl_reviews.clinician_action, 'reviewed_at', haven_utc(hitl_reviews.reviewed_at),
                              'case', case_item(hitl_escalations)),
           haven_person_of_session(hitl_escalations.session_id))::haven_item
    FROM hitl_reviews JOIN hitl_escalations ON hitl_escalations.id = hitl_reviews.escalation_id
    WHERE $1::uuid IS NULL AND $5::jsonb IS NOT NULL AND hitl_reviews.clinician_id = haven_actor_id()
      AND ($2::timestamptz IS NULL OR (hitl_reviews.reviewed_at, hitl_escalations.id) < ($2, $3::uuid))
    ORDER BY hitl_reviews.reviewed_at DESC, hitl_escalations.id DESC
    LIMIT $4::integer + 1), $4, $6)
