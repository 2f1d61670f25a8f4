-- Some rows whose words are in clear: those of older programs.
SELECT id, user_id, jsonb_build_object('recurring_themes', recurring_themes, 'emotional_tone', emotional_tone, 'action_items', action_items, 'unresolved_questions', unresolved_questions, 'agent_summary', agent_summary, 'next_session_recommendation', next_session_recommendation)::text AS words
FROM reflections WHERE num_nonnulls(recurring_themes, emotional_tone, action_items, unresolved_questions, agent_summary, next_session_recommendation) > 0
ORDER BY id LIMIT 500 FOR NO KEY UPDATE
