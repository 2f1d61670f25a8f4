-- A write is known by its bytes and by what they say: the same in another order, or with a number
-- spelled otherwise, is the same. Older receipts know the bytes alone.
ALTER TABLE write_receipts ADD COLUMN meaning BYTEA;

-- The device that told a time of this row had a clock that was far off; the time is the server's.
ALTER TABLE sessions ADD COLUMN clock_corrected BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE exercises ADD COLUMN clock_corrected BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE vr_sessions ADD COLUMN clock_corrected BOOLEAN NOT NULL DEFAULT false;
