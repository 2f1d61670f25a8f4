-- $1 check_value. Of what was wrapped before it was said under which, it is this.
WITH first AS (
    INSERT INTO master_keys (check_value) VALUES ($1) RETURNING check_value
)
SELECT check_value FROM first
