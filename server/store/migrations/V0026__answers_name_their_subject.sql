-- An answer names whom it is about, and what was changed where no trigger tells it: the audit row is made of it. What told
-- them before, one setting each, is gone; programs that know no version 26 speak through those, and are not served.
ALTER TYPE haven_answer ADD ATTRIBUTE subjects uuid[], ADD ATTRIBUTE changes jsonb;
-- One row of a listing, and the person it is about.
CREATE TYPE haven_item AS (id uuid, page_time timestamptz, item text, person uuid);

DROP FUNCTION IF EXISTS haven_ok(jsonb), haven_created(jsonb), haven_no_content(), haven_forbidden(text),
    haven_conflict(text), haven_invalid(text, text), haven_answered(haven_answer), haven_subject(uuid), haven_saw(uuid),
    haven_subjects(uuid), haven_changed(jsonb), prompt_changed(text, text, text), artifact_fault(jsonb),
    session_may_ask(text, text), agent_fault(text[], uuid[], jsonb[]), agent_runs_refusal(uuid, jsonb);

ALTER TABLE schema_migrations ALTER COLUMN oldest_program SET DEFAULT 26;
