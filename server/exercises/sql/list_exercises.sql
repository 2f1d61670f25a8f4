-- $1 session_id.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, started_at, exercise_json(exercises), user_id)::haven_item
    FROM exercises
    WHERE session_id = $1::uuid
      AND (started_at, id) > ($2::timestamptz, $3::uuid) AND (started_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'technique', technique)
      AND haven_wanted($7, 'status', status)
    ORDER BY started_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
