SELECT * FROM haven_answered(screening_get($1, $2, $3), $4)
