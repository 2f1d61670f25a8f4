-- $1 the case's id. Whose session it is about, where the case is one that who asks may work on.
SELECT haven_person_of_session(session_id) AS user_id FROM hitl_escalations
WHERE id = $1 AND case_is_for_me(hitl_escalations)
