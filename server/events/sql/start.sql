-- $1 the id of the event that was seen last, or NULL.
SELECT place, id, known FROM event_start($1)
