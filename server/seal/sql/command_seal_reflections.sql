-- $1 id, $2 its words, sealed, $3 encryption_key_id.
UPDATE reflections SET sealed_words = $2, encryption_key_id = $3, recurring_themes = NULL, emotional_tone = NULL, action_items = NULL, unresolved_questions = NULL, agent_summary = NULL, next_session_recommendation = NULL WHERE id = $1
