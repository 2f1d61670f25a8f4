-- $1 object_key. The object is gone.
DELETE FROM loose_objects WHERE object_key = $1
