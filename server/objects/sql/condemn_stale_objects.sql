-- $1 seconds since an object was noted after which nobody writes it any more, $2 how many. Keys of objects to remove, once
-- this is committed.
UPDATE loose_objects SET condemned_at = coalesce(condemned_at, now())
WHERE object_key IN (SELECT object_key FROM loose_objects
                     WHERE condemned_at IS NOT NULL OR noted_at < now() - make_interval(secs => $1::integer)
                     ORDER BY noted_at LIMIT $2::integer)
RETURNING object_key
