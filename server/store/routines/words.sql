-- Words that are sealed in a row, as server/seal/words.cpp opens them in an answer: in place of `members`, which are null beside
-- them.
CREATE OR REPLACE FUNCTION haven_with_words(item jsonb, purpose text, members text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN item ->> 'sealed_words' IS NULL THEN item - '{sealed_words,encryption_key_id}'::text[]
                ELSE item - (members || '{sealed_words,encryption_key_id}'::text[])
                     || jsonb_build_object('sealed_words', concat_ws(' ', purpose, item ->> 'id', item ->> 'user_id',
                                                                     item ->> 'encryption_key_id', item ->> 'sealed_words'))
           END
$$;
