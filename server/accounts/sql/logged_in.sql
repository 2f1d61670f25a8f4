-- $1 network, $2 account and network, $3 account, as they were tried; $4 whether it was counted for the account and in all,
-- $5 whether nothing else is asked for: it was the right password.
SELECT haven_came_in($1::text, $2::text, $3::text, $4::boolean, $5::boolean)
