-- $1 the device code's hash, $2 the user code's keyed hash, $3 what it asks for, as JSON, $4 for how many seconds, $5 how many
-- may wait, $6 access. 409: another has the code; 503: too many wait.
SELECT status FROM haven_answered(device_grant_ask($1, $2, $3, $4, $5), $6)
