SELECT set_config('haven.status', '200', true)
