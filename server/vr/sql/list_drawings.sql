-- $1 exercise_id.
SELECT * FROM haven_listed(exercise_seen($1), drawings_page(ARRAY(
    SELECT id FROM bilateral_drawings
    WHERE exercise_id = $1::uuid AND $7::jsonb IS NOT NULL
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6), $6, $8)
