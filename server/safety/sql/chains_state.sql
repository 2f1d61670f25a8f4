-- Crises that nobody has in hand, and of them those for which nobody was left to be called.
SELECT calling, exhausted FROM chains_state()
