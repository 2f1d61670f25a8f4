-- $1 user_id. A row if what is listed below them may be seen by who asks. Services do not see accounts: they see the
-- consents everybody with an account has.
SELECT set_config('haven.status', '200', true), haven_subject($1::uuid)
WHERE EXISTS (SELECT FROM consent_records WHERE user_id = $1::uuid)
