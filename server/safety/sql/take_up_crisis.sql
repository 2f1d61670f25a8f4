SELECT * FROM haven_answered(crisis_take_up($1, $2, $3), $4)
