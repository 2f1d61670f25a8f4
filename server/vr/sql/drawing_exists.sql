-- $1 id of the drawing, $2 user_id. Asked after a canvas was stored: one of a drawing that has gone meanwhile must go too.
SELECT EXISTS (SELECT FROM bilateral_drawings WHERE id = $1 AND user_id = $2) AS found
