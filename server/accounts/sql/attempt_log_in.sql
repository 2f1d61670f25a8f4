-- $1 network, $2 account and network, $3 account: keyed hashes; $4 how many attempts a network, a pair, an account and all
-- together have in a minute, as text: {50,10,30,3000}. Counts one.
SELECT scope, refused, attempts_max, remaining, window_seconds, reset_seconds
FROM haven_attempt_log_in($1::text, $2::text, $3::text, $4::integer[])
