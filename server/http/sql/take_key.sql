-- $1 route, $2 SHA-256 of the key, $3 of the request. Before what is carried out once, in its transaction.
SELECT haven_key_take($1, $2, $3)
