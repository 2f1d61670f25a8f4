-- $1 which limit, $2 a keyed hash: who tries has shown who they are.
DELETE FROM attempts WHERE scope = $1 AND key = $2
