-- $1 the new password_hash, $2 the one the old password was proved against, $3 the token that goes on: all others end. No
-- row: the password was changed meanwhile.
SELECT set_config('haven.status', '204', true) WHERE haven_change_password(haven_actor_id(), $1, $2, $3)
