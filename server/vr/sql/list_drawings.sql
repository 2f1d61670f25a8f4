-- $1 exercise_id, $2 user_id, $3 and $4 the page_time and id of the last row seen, or NULL, $5 how many, $6 how many
-- stored bytes of ink may come before the page's last drawing. In the order they came; of the rows after the page only
-- the next one, if there is one, not on_page.
WITH candidates AS (
    SELECT id, created_at,
           sum(pg_column_size(left_hand_strokes) + pg_column_size(right_hand_strokes))
               OVER (ORDER BY created_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before,
           row_number() OVER (ORDER BY created_at, id) AS place
    FROM bilateral_drawings
    WHERE exercise_id = $1 AND user_id = $2 AND ($3::timestamptz IS NULL OR (created_at, id) > ($3, $4::uuid))
    ORDER BY created_at, id
    LIMIT $5::integer + 1
), pages AS (
    SELECT id, place, place <= $5::integer AND coalesce(bytes_before, 0) <= $6::bigint AS on_page FROM candidates
)
SELECT drawings.id, exercise_id, vr_session_id, left_hand_strokes, right_hand_strokes, symmetry_enabled, stroke_count,
       duration_seconds, drawings.created_at, drawings.created_at AS page_time, on_page
FROM pages JOIN bilateral_drawings AS drawings ON drawings.id = pages.id
WHERE place <= 1 + (SELECT count(*) FROM pages WHERE on_page)
ORDER BY place
