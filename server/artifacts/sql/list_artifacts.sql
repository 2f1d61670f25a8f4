-- $1 exercise_id. Without what is in them.
SELECT * FROM haven_listed(exercise_seen($1), ARRAY(
    SELECT (id, created_at, artifact_item(exercise_artifacts), user_id)::haven_item
    FROM exercise_artifacts
    WHERE exercise_id = $1::uuid
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'artifact_type', artifact_type)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
