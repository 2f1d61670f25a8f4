-- $1 the hash of a code. The hash of the password that an address was registered with; no row where it is no such code.
SELECT password_hash FROM code_registration($1) AS password_hash
