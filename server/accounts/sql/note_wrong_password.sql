-- Before the audit row of a change of password that was refused.
SELECT set_config('haven.status', '422', true)
