-- Whether something was given up in the last day.
SELECT webhooks_late() AS late
