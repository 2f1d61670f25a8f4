-- $1 clinician_id, NULL for the one who asks; $2 page_time and $3 id of the last row seen, or NULL, $4 how many, $5 unused.
-- The people they care for, the newest first. The page is found before anybody on it is looked up.
SELECT * FROM haven_listed(clinician_seen($1), ARRAY(
    SELECT (users.id, assigned_at,
           jsonb_build_object('user_id', users.id, 'full_name', users.full_name, 'email', users.email,
                              'preferred_language', users.preferred_language, 'status', users.status,
                              'assigned_at', haven_utc(assigned_at), 'assigned_by', assigned_by), users.id)::haven_item
    FROM (
        SELECT user_id, assigned_at, assigned_by FROM clinician_assignments
        WHERE clinician_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END AND ended_at IS NULL AND $5::jsonb IS NOT NULL
          AND ($2::timestamptz IS NULL OR (assigned_at, user_id) < ($2, $3::uuid))
        ORDER BY assigned_at DESC, user_id DESC
        LIMIT $4::integer + 1) AS page JOIN users ON users.id = page.user_id
    ORDER BY assigned_at DESC, users.id DESC), $4, $6)
