-- Rows that no partition was there for: an alarm, in /readyz and /metrics.
SELECT haven_default_partition_rows() AS done
