-- How often something was tried that may be tried only so often: a password, an account to be made. One
-- table for all servers of this database. What is tried, and whence, stands here as a keyed hash. After a
-- crash it is empty: it costs no write to the log.
CREATE UNLOGGED TABLE attempts (
    scope VARCHAR(30) NOT NULL, -- which limit
    key VARCHAR(32) NOT NULL CHECK (key ~ '^[0-9a-f]{32}$'),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    window_seconds INTEGER NOT NULL CHECK (window_seconds > 0),
    ends_at TIMESTAMPTZ NOT NULL,
    forget_at TIMESTAMPTZ NOT NULL, -- nothing follows from the row any more
    PRIMARY KEY (scope, key)
);
CREATE INDEX idx_attempts_forget_at ON attempts(forget_at);
SELECT haven_protect('attempts', NULL, '{gate,job}');
REVOKE ALL ON attempts FROM haven_readonly;

-- What is left to a key after an attempt.
CREATE TYPE haven_standing AS (
    scope text, refused boolean, attempts_max integer, remaining integer, window_seconds integer, reset_seconds integer
);
