SELECT * FROM haven_answered(screening_put($1, $2, $3), $4)
