-- Supervisors look for people by the beginning of a name or of an address, in whatever case and with or without accents.
-- lower() and its like are not leakproof, so that row-level security lets no index over them be used: what is compared is
-- kept, in the order of bytes.
CREATE FUNCTION haven_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT lower(regexp_replace(normalize(btrim(words), NFKD), '[\u0300-\u036f]', '', 'g') COLLATE "und-x-icu")
$$;
ALTER TABLE users
    ADD COLUMN folded_email TEXT COLLATE "C" GENERATED ALWAYS AS (haven_folded(email)) STORED,
    ADD COLUMN folded_name TEXT COLLATE "C" GENERATED ALWAYS AS (haven_folded(full_name)) STORED;
CREATE INDEX idx_users_folded_email ON users(folded_email);
CREATE INDEX idx_users_folded_name ON users(folded_name);
