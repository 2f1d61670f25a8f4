-- The letter to be sent next; NULL where none is due.
SELECT letter_take() AS id
