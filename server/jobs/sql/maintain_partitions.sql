SELECT haven_maintain_partitions(), 0::bigint AS done
