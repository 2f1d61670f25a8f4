SELECT * FROM haven_answered(session_page_get($1::uuid, $2::jsonb, $3::jsonb), $4)
