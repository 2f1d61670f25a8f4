-- How often somebody may try, whichever server they try at. `at` is now(), or a test's.

-- What follows from a row at a time.
CREATE OR REPLACE FUNCTION haven_standing_of(kept attempts, most integer, refused boolean, at timestamptz)
RETURNS haven_standing LANGUAGE sql IMMUTABLE AS $$
    SELECT (kept.scope, refused, most, greatest(most - kept.attempts, 0), kept.window_seconds,
            ceil(extract(epoch FROM kept.ends_at - at))::integer)::haven_standing
$$;

-- One attempt. So many in a window, then none until it is over; a window that was used up makes the
-- next one twice as long, up to `longest`.
CREATE OR REPLACE FUNCTION haven_attempt(tried_scope text, tried_key text, most integer, shortest interval,
                                         longest interval, at timestamptz)
RETURNS haven_standing LANGUAGE plpgsql AS $$
DECLARE
    kept attempts%ROWTYPE;
    fresh boolean;
    following interval := shortest;
BEGIN
    INSERT INTO attempts (scope, key, attempts, window_seconds, ends_at, forget_at)
    VALUES (tried_scope, tried_key, 1, extract(epoch FROM shortest), at + shortest,
            at + shortest + CASE WHEN longest > shortest THEN longest ELSE interval '0' END)
    ON CONFLICT DO NOTHING
    RETURNING * INTO kept;
    IF FOUND THEN
        RETURN haven_standing_of(kept, most, false, at);
    END IF;
    SELECT * INTO kept FROM attempts WHERE scope = tried_scope AND key = tried_key FOR NO KEY UPDATE;
    IF NOT FOUND THEN -- forgotten at this moment
        RETURN (tried_scope, false, most, most - 1, extract(epoch FROM shortest)::integer,
                extract(epoch FROM shortest)::integer)::haven_standing;
    END IF;
    fresh := kept.ends_at <= at;
    IF NOT fresh AND kept.attempts >= most THEN
        RETURN haven_standing_of(kept, most, true, at);
    END IF;
    IF fresh AND kept.attempts >= most AND at - kept.ends_at < longest THEN
        following := least(make_interval(secs => kept.window_seconds) * 2, longest);
    END IF;
    UPDATE attempts
    SET attempts = CASE WHEN fresh THEN 1 ELSE attempts.attempts + 1 END,
        window_seconds = CASE WHEN fresh THEN extract(epoch FROM following) ELSE attempts.window_seconds END,
        ends_at = CASE WHEN fresh THEN at + following ELSE attempts.ends_at END,
        forget_at = CASE WHEN fresh THEN at + following + CASE WHEN longest > shortest THEN longest ELSE interval '0' END
                         ELSE attempts.forget_at END
    WHERE scope = tried_scope AND key = tried_key
    RETURNING * INTO kept;
    RETURN haven_standing_of(kept, most, false, at);
END $$;

-- The attempt was a good one: nobody sees that it was made. A window that it began alone has not begun;
-- one that was made longer will be so again.
CREATE OR REPLACE FUNCTION haven_refund_attempt(tried_scope text, tried_key text, most integer, shortest interval,
                                                at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE attempts SET attempts = attempts.attempts - 1
    WHERE scope = tried_scope AND key = tried_key AND attempts.attempts > 1;
    IF NOT FOUND THEN
        DELETE FROM attempts WHERE scope = tried_scope AND key = tried_key
                               AND window_seconds <= extract(epoch FROM shortest);
        UPDATE attempts SET attempts = most, window_seconds = window_seconds / 2, ends_at = at
        WHERE scope = tried_scope AND key = tried_key;
    END IF;
END $$;

-- What nothing follows from any more goes, a little with each attempt; who holds a row is not waited for.
CREATE OR REPLACE FUNCTION haven_forget_attempts(at timestamptz) RETURNS void LANGUAGE sql AS $$
    DELETE FROM attempts WHERE (scope, key) IN (
        SELECT scope, key FROM attempts WHERE forget_at < at ORDER BY forget_at LIMIT 8
        FOR UPDATE SKIP LOCKED)
$$;

-- One attempt that is held against several limits, in their order, until one refuses it.
CREATE OR REPLACE FUNCTION haven_attempt_in_order(scopes text[], keys text[], most integer[], seconds integer[],
                                              at timestamptz DEFAULT now())
RETURNS haven_standing LANGUAGE plpgsql AS $$
DECLARE
    standing haven_standing;
BEGIN
    FOR place IN 1 .. cardinality(scopes) LOOP
        standing := haven_attempt(scopes[place], keys[place], most[place], make_interval(secs => seconds[place]),
                                  make_interval(secs => seconds[place]), at);
        EXIT WHEN standing.refused;
    END LOOP;
    RETURN standing;
END $$;

-- The same, and all of the attempt. What is forgotten comes last: it is locked in no order.
CREATE OR REPLACE FUNCTION haven_attempt_each(scopes text[], keys text[], most integer[], seconds integer[],
                                              at timestamptz DEFAULT now())
RETURNS haven_standing LANGUAGE plpgsql AS $$
DECLARE
    standing constant haven_standing := haven_attempt_in_order(scopes, keys, most, seconds, at);
BEGIN
    PERFORM haven_forget_attempts(at);
    RETURN standing;
END $$;

-- What is said where a limit is used up; no row where one more may be tried. Counts nothing.
CREATE OR REPLACE FUNCTION haven_used_up(tried_scope text, tried_key text, most integer, at timestamptz DEFAULT now())
RETURNS SETOF haven_standing LANGUAGE sql STABLE AS $$
    SELECT (haven_standing_of(kept, most, true, at)).* FROM attempts AS kept
    WHERE kept.scope = tried_scope AND kept.key = tried_key AND kept.ends_at > at AND kept.attempts >= most
$$;

-- One attempt to log in. As a guess: of an account from a network, of a network, of an account, and in all; and
-- as work, whether it will be right or not. Who has come in from there before (is_known) is not held up by what
-- others try: guessing from elsewhere locks nobody out. A neighbour must not see that: where an account is used
-- up, the password is tried all the same (is_tried), and a wrong one hears what is said here; and so does a
-- wrong one of who is known where all is used up. There, an unknown network leaves no row, and costs no work:
-- the table grows only so fast. What is refused, yet tried, counts neither for the account nor in all.
-- `most` is of_network, of_pair, of_account, in_all, work_of_pair, work_of_network.
CREATE OR REPLACE FUNCTION haven_try_log_in(network text, pair text, account text, most integer[],
                                            at timestamptz DEFAULT now(),
                                            OUT standing haven_standing, OUT is_tried boolean, OUT is_known boolean)
LANGUAGE plpgsql AS $$
DECLARE
    everybody constant text := repeat('0', 32);
    longest constant interval := interval '15 minutes';
    minute constant interval := interval '1 minute';
    all_of_it attempts%ROWTYPE;
    told haven_standing; -- what is said if it is wrong
BEGIN
    is_tried := false;
    is_known := EXISTS (SELECT FROM attempts WHERE scope = 'log-in owner' AND key = pair AND forget_at > at);
    SELECT * INTO all_of_it FROM attempts
    WHERE scope = 'log-in in all' AND key = everybody AND ends_at > at AND attempts >= most[4];
    IF FOUND THEN
        told := haven_standing_of(all_of_it, most[4], true, at);
        standing := told;
        IF NOT is_known THEN
            RETURN;
        END IF;
    END IF;
    standing := haven_attempt('log-in network', network, most[1], minute, minute, at);
    IF NOT standing.refused THEN
        standing := haven_attempt('log-in pair', pair, most[2], minute, longest, at);
    END IF;
    IF NOT standing.refused THEN
        standing := haven_attempt_in_order('{password identity,password network}', ARRAY[pair, network], most[5:6],
                                           '{60,60}', at);
    END IF;
    IF NOT standing.refused THEN
        is_tried := true;
        IF told.refused IS NULL THEN
            told := haven_attempt('log-in account', account, most[3], minute, longest, at);
        END IF;
        IF NOT told.refused THEN
            told := haven_attempt('log-in in all', everybody, most[4], minute, minute, at);
            is_tried := is_known OR NOT told.refused;
        END IF;
    END IF;
    IF told.refused IS NOT NULL THEN
        standing := told;
    END IF;
    PERFORM haven_forget_attempts(at);
END $$;

-- It was the right password: as a guess the attempt counts nowhere, and the pair is known for a season, where
-- nothing else is asked for (`whole`). `in_all`: it was counted for the account and in all.
CREATE OR REPLACE FUNCTION haven_came_in(network text, pair text, account text, in_all boolean, whole boolean,
                                         at timestamptz DEFAULT now())
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    season constant interval := interval '90 days';
    minute constant interval := interval '1 minute';
    used_up constant integer := 1000000;
BEGIN
    PERFORM haven_refund_attempt('log-in network', network, used_up, minute, at);
    PERFORM haven_refund_attempt('log-in pair', pair, used_up, minute, at);
    IF in_all THEN
        PERFORM haven_refund_attempt('log-in account', account, used_up, minute, at);
        PERFORM haven_refund_attempt('log-in in all', repeat('0', 32), used_up, minute, at);
    END IF;
    INSERT INTO attempts (scope, key, attempts, window_seconds, ends_at, forget_at)
    SELECT 'log-in owner', pair, 1, extract(epoch FROM season), at + season, at + season WHERE whole
    ON CONFLICT (scope, key) DO UPDATE SET ends_at = excluded.ends_at, forget_at = excluded.forget_at;
END $$;
