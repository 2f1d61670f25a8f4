-- $1 the limits it is held against, in order, $2 their keyed hashes, $3 how many attempts each has in its window, $4 the
-- windows in seconds: arrays, as text. Counts one.
SELECT scope, refused, attempts_max, remaining, window_seconds, reset_seconds
FROM haven_attempt_each($1::text[], $2::text[], $3::integer[], $4::integer[])
