-- $1 NULL. What the clinician who asks has said of cases.
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (hitl_escalations.id, hitl_reviews.reviewed_at,
           jsonb_build_object('clinician_action', hitl_reviews.clinician_action, 'reviewed_at', haven_utc(hitl_reviews.reviewed_at),
                              'case', case_item(hitl_escalations)),
           haven_person_of_session(hitl_escalations.session_id))::haven_item
    FROM hitl_reviews JOIN hitl_escalations ON hitl_escalations.id = hitl_reviews.escalation_id
    WHERE $1::uuid IS NULL AND hitl_reviews.clinician_id = haven_actor_id()
      AND (hitl_reviews.reviewed_at, hitl_escalations.id) > ($2::timestamptz, $3::uuid)
      AND (hitl_reviews.reviewed_at, hitl_escalations.id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'clinician_action', hitl_reviews.clinician_action)
    ORDER BY hitl_reviews.reviewed_at DESC, hitl_escalations.id DESC
    LIMIT $6::integer + 1), $6, $8)
