-- $1 the user code's keyed hash, or NULL where it is none, $2 the limits' keyed hashes, $3 their numbers, arrays as text, $4
-- access. 429: the body says where the limit stands.
SELECT status, body FROM haven_answered(device_grant_see($1, $2::text[], $3::integer[]), $4)
