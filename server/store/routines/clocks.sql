-- Times that others tell, held against the server's clock.

-- Whether a clock that goes right may have told it: what was done up to a year ago may come only now.
CREATE OR REPLACE FUNCTION haven_is_near(told timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT told BETWEEN now() - interval '366 days' AND now() + interval '5 minutes'
$$;

-- When something was done, as a device tells it. Nothing is refused because its clock is wrong: what
-- lies beyond is now; and what ended has not ended before it began. `corrected`: it is not as told.
CREATE OR REPLACE FUNCTION haven_device_time(told timestamptz, begun timestamptz DEFAULT NULL,
                                             OUT at timestamptz, OUT corrected boolean)
LANGUAGE sql STABLE AS $$
    SELECT greatest(near, begun), greatest(near, begun) <> told
    FROM (SELECT CASE WHEN haven_is_near(told) THEN told ELSE now() END AS near) AS held
$$;
