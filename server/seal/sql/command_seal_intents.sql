-- $1 id, $2 its words, sealed, $3 encryption_key_id.
UPDATE session_intents SET sealed_words = $2, encryption_key_id = $3, contraindications = NULL, recommended_techniques = NULL WHERE id = $1
