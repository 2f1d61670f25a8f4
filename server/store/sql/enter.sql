-- $1 actor, $2 its id or NULL, $3 its role or NULL, $4 for how many milliseconds a statement may run, 0 for ever. The first
-- statement of every transaction: whom row-level security lets through, and how long PostgreSQL itself goes on, which is
-- less than the client waits. Local to the transaction, so that it also holds behind a pooler.
SELECT set_config('role', 'haven_app', true), set_config('haven.actor', $1, true),
       set_config('haven.actor_id', coalesce($2::uuid::text, ''), true), set_config('haven.actor_role', coalesce($3, ''), true),
       set_config('statement_timeout', $4::text, true), set_config('lock_timeout', ($4::text::integer / 2)::text, true),
       set_config('idle_in_transaction_session_timeout', $4::text, true)
