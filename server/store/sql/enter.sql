-- $1 actor, $2 its id or NULL, $3 its role or NULL. The first statement of every transaction: whom row-level security
-- lets through, until its end. Local to the transaction, so that it also holds behind a pooler.
SELECT set_config('role', 'haven_app', true), set_config('haven.actor', $1, true),
       set_config('haven.actor_id', coalesce($2::uuid::text, ''), true), set_config('haven.actor_role', coalesce($3, ''), true)
