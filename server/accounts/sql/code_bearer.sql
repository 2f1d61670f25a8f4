-- $1 the hash of a code, $2 its purpose. Whose it is, and their address; no row where it is not good.
SELECT bearer, email FROM code_bearer($1, $2)
