-- Behind `enter`: the audit rows of this transaction are told in its commit, for the log (haven_tell_log).
SELECT set_config('haven.log_audit', 'true', true)
