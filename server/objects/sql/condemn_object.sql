-- $1 object_key. Nothing will refer to the object any more.
UPDATE loose_objects SET condemned_at = now() WHERE object_key = $1 AND condemned_at IS NULL
