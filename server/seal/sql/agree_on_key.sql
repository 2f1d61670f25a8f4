-- $1 what the master key makes of a known text. The value of the server that was first. (An update that changes nothing, so
-- that the other's row is seen although it is newer than this statement.)
INSERT INTO master_key_check (check_value) VALUES ($1)
ON CONFLICT (one) DO UPDATE SET check_value = master_key_check.check_value
RETURNING check_value
