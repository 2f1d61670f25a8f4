-- A log-in of a page of ours: its one token is kept in a browser's cookie, is good there alone, and is not refreshed.
ALTER TABLE token_families ADD COLUMN in_cookie BOOLEAN NOT NULL DEFAULT false;
