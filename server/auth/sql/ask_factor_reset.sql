-- $1 the person, $2 the hash that the password was proved against, $3 access. 401: that changed, or the account, meanwhile.
SELECT status, body, pointer, detail FROM haven_answered(factor_reset_ask($1, $2), $3)
