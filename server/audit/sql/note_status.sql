-- $1 status. Before the audit row of a request whose own statements do not say how it is answered.
SELECT set_config('haven.status', $1::text, true)
