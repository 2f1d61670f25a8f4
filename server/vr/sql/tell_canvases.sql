-- $1 the drawing whose canvases are there now.
INSERT INTO events (kind, resource_type, resource_id, user_id, for_person, for_scope)
SELECT 'canvas.ready', 'bilateral_drawings', id, user_id, true, 'sessions' FROM bilateral_drawings WHERE id = $1
