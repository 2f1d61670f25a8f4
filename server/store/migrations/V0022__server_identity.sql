-- Which server this is. What waits in a headset for one server knows it again by this, under any
-- address and after a restore, and is never brought to another.
CREATE TABLE server_identity (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    the_only_one BOOLEAN UNIQUE NOT NULL DEFAULT true CHECK (the_only_one),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
INSERT INTO server_identity DEFAULT VALUES;
SELECT haven_protect_by('server_identity', '(SELECT haven_actor()) IS NOT NULL');
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON server_identity FROM haven_app;
