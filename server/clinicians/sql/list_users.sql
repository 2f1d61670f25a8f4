-- $1 clinician_id, NULL for the one who asks; $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 unused.
-- The people they care for, the newest first.
WITH page AS (
    SELECT users.id, assigned_at AS page_time,
           jsonb_build_object('user_id', users.id, 'full_name', users.full_name, 'email', users.email,
                              'preferred_language', users.preferred_language, 'status', users.status,
                              'assigned_at', haven_utc(assigned_at), 'assigned_by', assigned_by) AS item, users.id AS person
    FROM clinician_assignments JOIN users ON users.id = clinician_assignments.user_id
    WHERE clinician_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END AND ended_at IS NULL AND $5::jsonb IS NOT NULL
      AND ($2::timestamptz IS NULL OR (assigned_at, users.id) < ($2, $3::uuid))
    ORDER BY assigned_at DESC, users.id DESC
    LIMIT $4::integer + 1
), numbered AS (
    SELECT page.*, row_number() OVER (ORDER BY page_time DESC, id DESC) AS place FROM page
)
SELECT id, page_time, item, CASE WHEN place <= $4::integer THEN haven_saw(person) END AS seen
FROM numbered ORDER BY place
