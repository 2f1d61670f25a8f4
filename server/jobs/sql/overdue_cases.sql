-- Cases whose deadline is over and that nobody has decided.
SELECT haven_overdue_cases()::bigint AS done
