-- Which master key this database's keys are wrapped under: what it makes of a known text, said by the
-- server that came first. It leads to no key.
CREATE TABLE master_key_check (
    one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
    check_value VARCHAR(64) NOT NULL CHECK (check_value ~ '^[0-9a-f]{64}$'),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
SELECT haven_protect('master_key_check', NULL, '{job}');
REVOKE ALL ON master_key_check FROM haven_readonly;
