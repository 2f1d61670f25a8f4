-- $1 the user code's keyed hash, or NULL where it is none, $2 the limits' keyed hashes, $3 their numbers, arrays as text, $4
-- allow or deny, $5 the log-in of who decides, $6 access. 429: the body says where the limit stands.
SELECT status, body, detail FROM haven_answered(device_grant_decide($1, $2::text[], $3::integer[], $4, $5), $6)
