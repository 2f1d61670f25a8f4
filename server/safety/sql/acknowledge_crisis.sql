SELECT * FROM haven_answered(crisis_acknowledge($1, $2, $3), $4)
