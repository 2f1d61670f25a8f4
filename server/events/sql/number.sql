-- Gives what was committed its position. How many there were.
SELECT events_number() AS done
