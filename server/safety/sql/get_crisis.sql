SELECT * FROM haven_answered(crisis_get($1, $2, $3), $4)
