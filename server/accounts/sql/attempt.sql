-- $1 which limit, $2 a keyed hash, $3 how many attempts in a window, $4 the window in seconds. Counts one.
SELECT scope, refused, attempts_max, remaining, window_seconds, reset_seconds
FROM haven_attempt($1::text, $2::text, $3::integer, make_interval(secs => $4::double precision),
                   make_interval(secs => $4::double precision), now())
