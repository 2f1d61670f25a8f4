-- $1 a registration whose password was proved.
SELECT registration_remind($1)
