-- $1 the letter, $2 the hash of its code. No row: there is nobody to send it to.
SELECT kind, address, language, user_id, clinician_id, topic FROM letter_prepare($1, $2)
