-- A drawing as it is read, as text: its ink may be megabytes, and is never taken apart.
CREATE OR REPLACE FUNCTION drawing_json(drawing bilateral_drawings) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT format('%s, "left_hand_strokes": %s, "right_hand_strokes": %s}',
                  left(haven_said(jsonb_build_object(
                      'id', drawing.id, 'exercise_id', drawing.exercise_id,
                      'vr_session_id', drawing.vr_session_id,
                      'symmetry_enabled', drawing.symmetry_enabled,
                      'stroke_count', coalesce(drawing.stroke_count, 0),
                      'duration_seconds', coalesce(drawing.duration_seconds, 0),
                      'created_at', haven_utc(drawing.created_at)))::text, -1),
                  coalesce(drawing.left_hand_strokes, '{}'), coalesce(drawing.right_hand_strokes, '{}'))
$$;

-- A page's drawings, in this order: as many as asked for, and no more than have 2 MiB of text before the last of them;
-- the row after them, if there is one, without its item. What is stored says little of that: ink that goes round and
-- round is kept in a hundredth. So they are made one by one, and none beyond the page is.
CREATE OR REPLACE FUNCTION drawings_page(ids uuid[], items_max integer) RETURNS haven_item[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    one uuid;
    drawing bilateral_drawings;
    item text;
    items haven_item[] := '{}';
    bytes bigint := 0;
BEGIN
    FOREACH one IN ARRAY ids LOOP
        SELECT * INTO drawing FROM bilateral_drawings WHERE bilateral_drawings.id = one;
        item := CASE WHEN cardinality(items) < items_max AND bytes <= 2 * 1024 * 1024 THEN drawing_json(drawing) END;
        items := items || (drawing.id, drawing.created_at, item, drawing.user_id)::haven_item;
        EXIT WHEN item IS NULL;
        bytes := bytes + octet_length(item);
    END LOOP;
    RETURN items;
END $$;
