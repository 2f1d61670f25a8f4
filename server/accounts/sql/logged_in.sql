-- $1 network, $2 account and network, $3 account, as they were tried: it was the right password.
SELECT haven_logged_in($1::text, $2::text, $3::text)
