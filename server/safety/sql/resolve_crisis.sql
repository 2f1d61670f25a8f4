SELECT * FROM haven_answered(crisis_resolve($1, $2, $3), $4)
