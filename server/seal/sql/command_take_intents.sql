-- Some rows whose words are in clear: those of older programs.
SELECT id, user_id, jsonb_build_object('contraindications', contraindications, 'recommended_techniques', recommended_techniques)::text AS words
FROM session_intents WHERE num_nonnulls(contraindications, recommended_techniques) > 0
ORDER BY id LIMIT 500 FOR NO KEY UPDATE
