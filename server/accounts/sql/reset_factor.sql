-- $1 the hash of the letter's code, $2 reset or keep, $3 access.
SELECT status, body, pointer, detail FROM haven_answered(factor_reset_put($1, $2), $3)
