-- $1 network, $2 account and network, $3 account: keyed hashes; $4 how many guesses a network, a pair, an account and all
-- together have in a minute, and how many attempts, right or wrong, a pair and a network, as text: {50,10,30,3000,60,600}.
-- Counts one. `is_tried`: whether the password is looked at, though it is refused; `is_known`: whether a right one is let in.
SELECT (standing).scope, (standing).refused, (standing).attempts_max, (standing).remaining, (standing).window_seconds,
       (standing).reset_seconds, is_tried, is_known
FROM haven_try_log_in($1::text, $2::text, $3::text, $4::integer[])
