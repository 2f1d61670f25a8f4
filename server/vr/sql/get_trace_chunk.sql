-- $1 id of the drawing, $2 user_id, $3 chunk_offset.
SELECT bytes FROM trace_chunks WHERE drawing_id = $1 AND user_id = $2 AND chunk_offset = $3
