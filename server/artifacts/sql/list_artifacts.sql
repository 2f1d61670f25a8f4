-- $1 exercise_id, $2 and $3 the page_time and id of the last row seen, or NULL, $4 how many, $5 unused. In the order they
-- came, without what is in them.
SELECT * FROM haven_listed(exercise_seen($1), ARRAY(
    SELECT (artifact.id, artifact.created_at, artifact_item(artifact), artifact.user_id)::haven_item
    FROM exercise_artifacts AS artifact, (SELECT $5::jsonb) AS request
    WHERE exercise_id = $1 AND ($2::timestamptz IS NULL OR (artifact.created_at, artifact.id) > ($2, $3::uuid))
    ORDER BY artifact.created_at, artifact.id
    LIMIT $4::integer + 1), $4, $6)
