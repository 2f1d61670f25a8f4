-- Each version, those of a matter together, the newest first.
SELECT consent_type, consent_version, haven_utc(valid_from) AS begins,
       CASE WHEN valid_from > now() THEN 'to come' WHEN consent_version = consent_in_force(consent_type, now()) THEN 'in force'
            ELSE 'over' END AS standing,
       CASE WHEN renew_by IS NOT NULL THEN 'asks anew, by ' || haven_utc(renew_by) WHEN asks_anew THEN 'asks anew'
            ELSE 'asks nobody anew' END AS asks,
       (SELECT coalesce(string_agg(language, ' ' ORDER BY language), '') FROM consent_texts AS words
        WHERE words.consent_type = known.consent_type AND words.consent_version = known.consent_version) AS languages
FROM consent_versions AS known ORDER BY consent_type, valid_from DESC, consent_version DESC
