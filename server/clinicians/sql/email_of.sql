-- $1 id.
SELECT email FROM clinicians WHERE id = $1
