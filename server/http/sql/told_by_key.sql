-- $1 route, $2 SHA-256 of the key, $3 whether what it answered is told once, $4 access.
SELECT status, body::text AS body, pointer, detail
FROM haven_answered(haven_key_told(haven_who_asks(), $1, $2, $3::boolean), $4)
