-- $1 status. Before the audit row of something that was refused.
SELECT set_config('haven.status', $1::text, true)
