-- Before the audit row of a log-in that was refused.
SELECT set_config('haven.status', '401', true)
