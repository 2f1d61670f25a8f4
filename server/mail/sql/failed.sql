-- $1 the letter, $2 whether it will never be taken. Whether it is given up; no row: it is gone.
SELECT given_up FROM letter_failed($1, $2) AS given_up WHERE given_up IS NOT NULL
