-- By the person whose session it is, or by a service.
SELECT * FROM haven_answered(reflection_put($1::uuid, $2::jsonb, $3::jsonb), $4)
