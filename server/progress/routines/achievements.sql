-- What a person can achieve. Each is given once and kept, whatever happens later, and is told in
-- one notification.
--   first_session            the first session completed
--   five_sessions            5 sessions completed
--   twenty_five_sessions     25 sessions completed
--   hundred_sessions         100 sessions completed
--   ten_hours                600 minutes in sessions
--   week_streak              7 days in a row, each with a session
--   month_streak             30 days in a row, each with a session
--   five_techniques          5 different techniques completed
--   first_reflection         the first reflection
--   first_bilateral_drawing  the first drawing with both hands
CREATE OR REPLACE FUNCTION haven_achievements(progress user_progress)
RETURNS TABLE (achievement text, title text, body text) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT reached.achievement, reached.title, reached.body
    FROM (VALUES
        ('first_session', progress.completed_sessions >= 1,
         'First session', 'You have completed your first session.'),
        ('five_sessions', progress.completed_sessions >= 5,
         'Five sessions', 'You have completed five sessions.'),
        ('twenty_five_sessions', progress.completed_sessions >= 25,
         'Twenty-five sessions', 'You have completed twenty-five sessions.'),
        ('hundred_sessions', progress.completed_sessions >= 100,
         'A hundred sessions', 'You have completed a hundred sessions.'),
        ('ten_hours', progress.total_minutes >= 600,
         'Ten hours', 'You have spent ten hours with yourself.'),
        ('week_streak', progress.longest_streak_days >= 7,
         'A week', 'You have been here seven days in a row.'),
        ('month_streak', progress.longest_streak_days >= 30,
         'A month', 'You have been here thirty days in a row.'),
        ('five_techniques', cardinality(progress.techniques_used) >= 5,
         'Five techniques', 'You have worked with five different techniques.'),
        ('first_reflection',
         NOT progress.achievements @> '{first_reflection}'
         AND EXISTS (SELECT FROM reflections WHERE user_id = progress.user_id),
         'First reflection', 'You have looked back on a session for the first time.'),
        ('first_bilateral_drawing',
         NOT progress.achievements @> '{first_bilateral_drawing}'
         AND EXISTS (SELECT FROM bilateral_drawings WHERE user_id = progress.user_id),
         'First drawing with both hands', 'You have drawn with both hands at once.')
    ) AS reached (achievement, holds, title, body)
    WHERE reached.holds AND NOT progress.achievements @> ARRAY[reached.achievement];
END $$;
