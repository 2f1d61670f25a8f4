-- $1 exercise_id. In the order they came: as many as asked for, and no more than have 2 MiB of stored ink before the last
-- of them; the row after them, if there is one, without its item.
WITH candidates AS (
    SELECT id, created_at,
           sum(pg_column_size(left_hand_strokes) + pg_column_size(right_hand_strokes))
               OVER (ORDER BY created_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before,
           row_number() OVER (ORDER BY created_at, id) AS place
    FROM bilateral_drawings
    WHERE exercise_id = $1::uuid AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3::uuid))
    ORDER BY created_at, id
    LIMIT $4::integer + 1
), pages AS (
    SELECT id, place, place <= $4::integer AND coalesce(bytes_before, 0) <= 2 * 1024 * 1024 AS on_page FROM candidates
)
SELECT * FROM haven_listed(exercise_seen($1), ARRAY(
    SELECT (drawings.id, drawings.created_at, CASE WHEN on_page THEN drawing_json(drawings) END, drawings.user_id)::haven_item
    FROM pages JOIN bilateral_drawings AS drawings ON drawings.id = pages.id
    WHERE place <= 1 + (SELECT count(*) FROM pages WHERE on_page)
    ORDER BY place), $4, $6)
