-- $1 NULL, $7 {"query": {"search", "status"}}. People whose name or address begins like that: between it and the same with
-- the last character there is. Nothing in it stands for anything else. They are found before they are put in order: how
-- many there are no plan knows.
WITH search AS MATERIALIZED (
    SELECT haven_folded($7::jsonb #>> '{query,search}') COLLATE "C" AS begins
), found AS MATERIALIZED (
    SELECT id, email, full_name, preferred_language, status, created_at FROM users
    WHERE (SELECT begins FROM search) <> ''
      AND ((folded_name >= (SELECT begins FROM search) AND folded_name < (SELECT begins || chr(1114111) FROM search))
           OR (folded_email >= (SELECT begins FROM search) AND folded_email < (SELECT begins || chr(1114111) FROM search)))
)
SELECT * FROM haven_listed(haven_ok(haven_nobody(), NULL), ARRAY(
    SELECT (id, created_at,
            jsonb_build_object('user_id', id, 'full_name', full_name, 'email', email, 'preferred_language', preferred_language,
                               'status', status, 'created_at', haven_utc(created_at)), id)::haven_item
    FROM found
    WHERE $1::uuid IS NULL
      AND (created_at, id) > ($2::timestamptz, $3::uuid) AND (created_at, id) < ($4::timestamptz, $5::uuid)
      AND haven_wanted($7, 'status', status)
    ORDER BY created_at DESC, id DESC
    LIMIT $6::integer + 1), $6, $8)
