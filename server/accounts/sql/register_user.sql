-- $1 email in its one form, $2 as an older row may hold it, $3 password_hash, $4 full_name, $5 preferred_language, $6 whether
-- the motion trace may be kept, $7 ip_address, $8 user_agent, $9 access.
SELECT status FROM haven_answered(registration_post($1, $2, $3, $4, $5, $6::boolean, $7::inet, $8), $9)
