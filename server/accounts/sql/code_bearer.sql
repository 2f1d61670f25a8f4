-- $1 the hash of a code, $2 its purpose. Whose it is, their address and name; no row where it is not good.
SELECT bearer, email, name FROM code_bearer($1, $2)
