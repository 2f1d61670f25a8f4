-- $1 id, $2 user_id, $3 exercise_id, $4 vr_session_id or NULL. Whether writing this drawing would store it: asked before
-- its canvases are drawn, so that nothing is drawn for a repeat or a refusal.
SELECT NOT EXISTS (SELECT FROM bilateral_drawings WHERE id = $1)
       AND EXISTS (SELECT FROM exercises WHERE id = $3 AND user_id = $2)
       AND ($4::uuid IS NULL
            OR EXISTS (SELECT FROM vr_sessions
                       JOIN exercises ON exercises.session_id = vr_sessions.parent_session_id
                       WHERE vr_sessions.id = $4 AND vr_sessions.user_id = $2 AND exercises.id = $3)) AS is_new
