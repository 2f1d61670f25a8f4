-- $1 the letter, $2 its kind, $3 whose, a user's, $4 or a clinician's.
SELECT letter_sent($1, $2, $3, $4)
