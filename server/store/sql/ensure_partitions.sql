-- $1: how many weeks and months ahead of today.
SELECT haven_ensure_partitions($1::integer)
