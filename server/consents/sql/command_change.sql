-- $1 consent_type, $2 consent_version, which is there: what it changes, and for how many people.
SELECT coalesce(consent_in_force($1, valid_from - interval '1 microsecond'), '') AS before, haven_utc(valid_from) AS begins,
       asks_anew, coalesce(haven_utc(renew_by), '') AS renew_by,
       (SELECT string_agg(language, ' ' ORDER BY language) FROM consent_texts
        WHERE consent_type = $1 AND consent_version = $2) AS languages,
       (SELECT coalesce(string_agg(language, ' ' ORDER BY language), '') FROM consent_texts AS older
        WHERE consent_type = $1 AND consent_version = consent_in_force($1, known.valid_from - interval '1 microsecond')
          AND NOT EXISTS (SELECT FROM consent_texts AS newer
                          WHERE newer.consent_type = $1 AND newer.consent_version = $2
                            AND newer.language = older.language)) AS missing,
       (SELECT count(*) FROM (SELECT DISTINCT ON (user_id) consent_given AND withdrawn_at IS NULL AS agrees
                              FROM consent_records WHERE consent_records.consent_type = $1
                              ORDER BY user_id, consented_at DESC, id DESC) AS newest WHERE agrees) AS people
FROM consent_versions AS known WHERE consent_type = $1 AND consent_version = $2
