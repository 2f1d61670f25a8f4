-- $1 object_key. An object is about to be written.
INSERT INTO loose_objects (object_key) VALUES ($1)
