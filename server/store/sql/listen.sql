-- Hears of new events (server/events).
LISTEN haven_events
