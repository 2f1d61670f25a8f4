-- What was PUT, as a digest: the same again is a success, something else under the same id a
-- conflict.
CREATE TABLE write_receipts (
    resource_type VARCHAR(50) NOT NULL,
    resource_id UUID NOT NULL,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    digest BYTEA NOT NULL CHECK (octet_length(digest) = 32),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    PRIMARY KEY (resource_type, resource_id)
);

CREATE INDEX idx_write_receipts_user_id ON write_receipts(user_id);
