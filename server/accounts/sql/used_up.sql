-- $1 a limit, $2 a keyed hash, $3 how many attempts it has: what is said where they are used up, or no row.
SELECT scope, refused, attempts_max, remaining, window_seconds, reset_seconds
FROM haven_used_up($1::text, $2::text, $3::integer)
