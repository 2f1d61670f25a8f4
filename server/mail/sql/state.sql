-- Letters that wait, letters that were given up in the last month, whether either is an alarm.
SELECT waiting, given_up, late FROM letters_state()
