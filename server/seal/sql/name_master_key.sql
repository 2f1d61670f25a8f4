-- $1 check_value, which is there: that of all that does not say under which master key it is wrapped.
WITH keys AS (
    UPDATE encryption_keys SET master_key = $1 WHERE master_key IS NULL
), factors AS (
    UPDATE second_factors SET master_key = $1 WHERE master_key IS NULL
)
UPDATE webhooks SET master_key = $1, older_master_key = CASE WHEN older_sealed_secret IS NOT NULL THEN $1 END
WHERE master_key IS NULL
