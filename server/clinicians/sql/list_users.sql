-- $1 clinician_id, NULL for the one who asks. The people they care for. The page is found before anybody on it is looked
-- up, but where the people themselves are asked for by their status.
SELECT * FROM haven_listed(clinician_seen($1), ARRAY(
    SELECT (users.id, assigned_at,
           jsonb_build_object('user_id', users.id, 'full_name', users.full_name, 'email', users.email,
                              'preferred_language', users.preferred_language, 'status', users.status,
                              'assigned_at', haven_utc(assigned_at), 'assigned_by', assigned_by), users.id)::haven_item
    FROM (
        SELECT user_id, assigned_at, assigned_by FROM clinician_assignments
        WHERE clinician_id = CASE WHEN $1::uuid IS NULL THEN haven_actor_id() ELSE $1 END AND ended_at IS NULL
          AND (assigned_at, user_id) > ($2::timestamptz, $3::uuid) AND (assigned_at, user_id) < ($4::timestamptz, $5::uuid)
          AND ($7::jsonb #> '{query,status}' IS NULL
               OR EXISTS (SELECT FROM users WHERE users.id = user_id AND haven_wanted($7, 'status', status)))
        ORDER BY assigned_at DESC, user_id DESC
        LIMIT $6::integer + 1) AS page JOIN users ON users.id = page.user_id
    ORDER BY assigned_at DESC, users.id DESC), $6, $8)
