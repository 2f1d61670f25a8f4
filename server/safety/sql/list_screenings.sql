-- $1 session_id.
SELECT * FROM haven_listed(session_seen($1), ARRAY(
    SELECT (id, created_at, screening_item(safety_screenings), user_id)::haven_item
    FROM safety_screenings
    WHERE session_id = $1::uuid
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'safety_status', safety_status)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
