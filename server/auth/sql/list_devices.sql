-- $1 NULL, $7 {"family"}. The log-ins of who asks that are good.
SELECT * FROM haven_listed(haven_ok(haven_who_asks(), NULL), ARRAY(
    SELECT (id, created_at,
            jsonb_build_object('id', id, 'device_name', device_name, 'client', client, 'came_by', came_by,
                               'scope', array_to_string(scopes, ' '), 'created_at', haven_utc(created_at),
                               'last_used_at', haven_utc(last_used_at),
                               'current', id = ($7::jsonb ->> 'family')::uuid), NULL)::haven_item
    FROM token_families
    WHERE $1::uuid IS NULL AND (user_id = haven_actor_id() OR clinician_id = haven_actor_id())
      AND revoked_at IS NULL AND idle_expires_at > now()
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
