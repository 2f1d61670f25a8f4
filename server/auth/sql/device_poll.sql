-- $1 the device code's hash, $2 client_id, $3 the terms of the log-in it would be, $4 and $5 the hashes of its access and
-- refresh token, $6 access. 400: pointer is OAuth's error. What only says that nobody has decided is not recorded.
SELECT status, body, pointer, detail FROM haven_device_polled(device_grant_poll($1, $2, $3, $4, $5), $6)
