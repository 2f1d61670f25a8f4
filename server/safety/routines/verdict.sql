-- What the signals of a screening mean. Documented in net/api/openapi/safety.yaml.
--
-- A signal is {signal, severity: none|low|medium|severe, confidence: 0..1}. It counts from a
-- confidence of 0.5 on, a severe one from 0.3 on. The crisis level is the highest severity that
-- counts. Severe is red; medium is red from 0.8 on and yellow below; low is yellow; otherwise green,
-- but where a medium or severe signal did not count, a person has a look: yellow, low. A status the
-- caller gives may raise what the rule finds, never lower it.

CREATE OR REPLACE FUNCTION haven_severity_rank(severity text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE severity WHEN 'severe' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END
$$;

CREATE OR REPLACE FUNCTION haven_safety_rank(status text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE status WHEN 'red' THEN 2 WHEN 'yellow' THEN 1 WHEN 'green' THEN 0 END
$$;

-- {safety_status, crisis_level, response_mode, recommended_action, constraints, confidence_score,
--  signal}: `signal` is the one that decided, for the template of the answer.
CREATE OR REPLACE FUNCTION haven_verdict(signals jsonb, given text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    levels constant text[] := '{none,low,medium,severe}';
    statuses constant text[] := '{green,yellow,red}';
    level integer;
    doubt boolean;
    status integer;
    strongest record;
BEGIN
    SELECT coalesce(max(rank) FILTER (WHERE confidence >= CASE rank WHEN 3 THEN 0.3 ELSE 0.5 END), 0),
           coalesce(bool_or(rank >= 2 AND confidence < CASE rank WHEN 3 THEN 0.3 ELSE 0.5 END), false)
    INTO level, doubt
    FROM (SELECT haven_severity_rank(one ->> 'severity') AS rank,
                 (one ->> 'confidence')::numeric AS confidence
          FROM jsonb_array_elements(signals) AS one) AS heard;
    IF level = 0 AND doubt THEN
        level := 1;
    END IF;
    SELECT one ->> 'signal' AS signal, (one ->> 'confidence')::numeric AS confidence INTO strongest
    FROM jsonb_array_elements(signals) AS one
    ORDER BY haven_severity_rank(one ->> 'severity') = level DESC,
             haven_severity_rank(one ->> 'severity') DESC, (one ->> 'confidence')::numeric DESC
    LIMIT 1;
    status := CASE WHEN level = 3 OR (level = 2 AND strongest.confidence >= 0.8) THEN 2
                   WHEN level > 0 THEN 1 ELSE 0 END;
    status := greatest(status, coalesce(haven_safety_rank(given), 0));
    level := greatest(level, status);
    RETURN jsonb_build_object(
        'safety_status', statuses[status + 1],
        'crisis_level', levels[level + 1],
        'response_mode', ('{standard,cautious,crisis}'::text[])[status + 1],
        'recommended_action', ('{continue,review,escalate}'::text[])[status + 1],
        'constraints', CASE status
            WHEN 2 THEN '["stop_exercise", "show_crisis_resources", "no_generated_advice"]'::jsonb
            WHEN 1 THEN '["no_intensive_techniques", "offer_grounding"]'
            ELSE '[]' END,
        'confidence_score', round(strongest.confidence, 2),
        'signal', strongest.signal);
END $$;

-- How pressing the review of a verdict is; NULL where none is needed.
CREATE OR REPLACE FUNCTION haven_review_priority(verdict jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE verdict ->> 'safety_status'
        WHEN 'red' THEN CASE verdict ->> 'crisis_level' WHEN 'severe' THEN 'urgent' ELSE 'high' END
        WHEN 'yellow' THEN CASE verdict ->> 'crisis_level' WHEN 'low' THEN 'low' ELSE 'medium' END
        END
$$;

-- Of assets/crisis_resources.json: the lines for a country, in a language, then the lines for
-- everywhere. Where the language is not there, the country's own; for everywhere English.
CREATE OR REPLACE FUNCTION haven_crisis_resources(catalogue jsonb, country text, language text)
RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    WITH place AS (
        SELECT value AS lines FROM jsonb_each(catalogue -> 'countries')
        WHERE key = upper(trim(country)) OR value -> 'names' ? lower(trim(country)) LIMIT 1
    ), local AS (
        SELECT coalesce(lines -> 'lines' -> lower(split_part(language, '-', 1)),
                        lines -> 'lines' -> (lines ->> 'language')) AS texts FROM place
    ), everywhere AS (
        SELECT coalesce(catalogue -> 'everywhere' -> lower(split_part(language, '-', 1)),
                        catalogue -> 'everywhere' -> 'en') AS texts
    )
    SELECT array(SELECT jsonb_array_elements_text(texts) FROM local)
        || array(SELECT jsonb_array_elements_text(texts) FROM everywhere)
$$;

-- The template that answers a crisis of this kind: its id, and its words in a language.
CREATE OR REPLACE FUNCTION haven_crisis_template(catalogue jsonb, signal text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(catalogue -> 'template_of_signal' ->> signal, catalogue ->> 'default_template')
$$;

CREATE OR REPLACE FUNCTION haven_crisis_message(catalogue jsonb, template text, language text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(words ->> lower(split_part(language, '-', 1)), words ->> 'en')
    FROM (SELECT catalogue -> 'templates' -> template AS words) AS found
$$;
