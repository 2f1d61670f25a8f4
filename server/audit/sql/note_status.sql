-- $1 status. Before the audit row of a request that was refused and left nothing.
SELECT set_config('haven.status', $1::text, true)
