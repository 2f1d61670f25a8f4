#include "tests/bench/platform/year.hpp"

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <libpq-fe.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <format>
#include <functional>
#include <iterator>
#include <print>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace haven::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t year_s = 365 * day_s;
constexpr std::size_t send_at_bytes = 1U << 20U;

/// 1 kB of words, as journals and models have it: neither zeros nor noise.
std::string words(std::int64_t n, std::size_t bytes) {
    constexpr std::array<std::string_view, 16> lexicon = {
        "quiet", "harbour", "lamp", "window", "letter", "breath", "morning", "paper",
        "stone", "garden",  "slow", "colour", "river",  "hand",   "circle",  "evening"};
    std::minstd_rand random(static_cast<unsigned>(n) * 2654435761U + 1U);
    std::string text;
    while (text.size() < bytes) {
        text += lexicon.at(random() % lexicon.size());
        text += ' ';
    }
    return text;
}

std::string ink(std::int64_t n, std::size_t bytes) {
    std::minstd_rand random(static_cast<unsigned>(n) + 7U);
    std::string json = R"({"format":1,"strokes":[{"points":[)";
    while (json.size() < bytes) {
        json += std::format("{},", static_cast<int>(random() % 4001) - 2000);
    }
    return json + "0]}]}";
}

/// One table, row by row, through COPY ... FROM STDIN.
class Copy {
  public:
    Copy(PGconn* connection, std::string_view table, std::string_view columns, std::int64_t rows)
        : connection_(connection), table_(table), rows_(rows) {
        execute(connection, std::format("COPY {} ({}) FROM STDIN", table, columns), PGRES_COPY_IN);
    }
    static void execute(PGconn* connection, const std::string& sql, ExecStatusType wanted) {
        const store::ResultHandle result(PQexec(connection, sql.c_str()));
        if (PQresultStatus(result.get()) != wanted) {
            throw std::runtime_error(sql + ": " + PQerrorMessage(connection));
        }
    }
    template <typename... Values>
    void row(std::format_string<Values...> form, Values&&... values) {
        std::format_to(std::back_inserter(text_), form, std::forward<Values>(values)...);
        text_ += '\n';
        ++done_;
        if (text_.size() >= send_at_bytes) {
            send();
        }
    }
    void finish() {
        send();
        tell();
        if (PQputCopyEnd(connection_, nullptr) != 1) {
            throw std::runtime_error(PQerrorMessage(connection_));
        }
        while (PGresult* result = PQgetResult(connection_)) {
            const store::ResultHandle handle(result);
            if (PQresultStatus(result) != PGRES_COMMAND_OK) {
                throw std::runtime_error(std::string(table_) + ": " + PQerrorMessage(connection_));
            }
        }
        std::println(stderr, "");
    }

  private:
    void send() {
        if (PQputCopyData(connection_, text_.data(), static_cast<int>(text_.size())) != 1) {
            throw std::runtime_error(PQerrorMessage(connection_));
        }
        text_.clear();
        if (Clock::now() - told_ > std::chrono::seconds(1)) {
            tell();
        }
    }
    void tell() {
        told_ = Clock::now();
        const double seconds = std::chrono::duration<double>(told_ - began_).count();
        std::print(stderr, "\r  {:<22} {:>9} of {} rows, {:>3.0f} %, {:>7.0f} rows/s", table_,
                   done_, rows_, 100.0 * static_cast<double>(done_) / static_cast<double>(rows_),
                   static_cast<double>(done_) / seconds);
    }

    PGconn* connection_;
    std::string_view table_;
    std::int64_t rows_;
    std::int64_t done_ = 0;
    std::string text_;
    Clock::time_point began_ = Clock::now();
    Clock::time_point told_ = began_;
};

/// The year that ends today. Times are told in seconds from its beginning, as PostgreSQL reads
/// them.
class Filler {
  public:
    Filler(PGconn* connection, const Year& year)
        : connection_(connection), year_(year),
          begin_s_(std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count() -
                   year_s) {}

    void people() {
        Copy users(connection_, "users",
                   "id, email, password_hash, full_name, consent_data_processing, created_at, "
                   "last_login_at",
                   year_.users);
        for (std::int64_t u = 0; u < year_.users; ++u) {
            users.row("{}\tperson{}@example.org\tx\tPerson {}\tt\t{}\t{}", id_of(Kind::user, u), u,
                      u, at(u * 700), at(year_s - u % day_s));
        }
        users.finish();
        Copy consents(connection_, "consent_records",
                      "id, user_id, consent_type, consent_version, consent_given, consented_at",
                      year_.users * 3);
        constexpr std::array types = {"data_processing", "motion_trace", "research"};
        for (std::int64_t n = 0; n < year_.users * 3; ++n) {
            consents.row("{}\t{}\t{}\tv1.0\tt\t{}", id_of(Kind::consent, n),
                         id_of(Kind::user, n / 3), types.at(static_cast<std::size_t>(n % 3)),
                         at(n / 3 * 700));
        }
        consents.finish();
        Copy progress(
            connection_, "user_progress",
            "user_id, total_sessions, completed_sessions, total_minutes, techniques_used, "
            "avg_sentiment_score, sentiment_trend, last_session_at, streak_days, "
            "longest_streak_days",
            year_.users);
        for (std::int64_t u = 0; u < year_.users; ++u) {
            progress.row("{}\t{}\t{}\t{}\t{{sprint,unsent_letter}}\t0.25\tstable\t{}\t1\t3",
                         id_of(Kind::user, u), year_.sessions_per_user, year_.sessions_per_user,
                         year_.sessions_per_user * 20, at(year_s - u % day_s));
        }
        progress.finish();
        Copy notices(connection_, "notifications",
                     "id, user_id, notification_type, title, body, read, created_at",
                     year_.users * 5);
        for (std::int64_t n = 0; n < year_.users * 5; ++n) {
            notices.row("{}\t{}\treminder\tA quiet moment\tYour place is ready.\t{}\t{}",
                        id_of(Kind::notification, n), id_of(Kind::user, n / 5),
                        n % 5 == 0 ? 'f' : 't', at(n * 631 % year_s));
        }
        notices.finish();
    }

    void clinic() {
        Copy staff(connection_, "clinicians", "id, email, full_name, role", clinicians);
        for (std::int64_t c = 0; c < clinicians; ++c) {
            staff.row("{}\tclinician{}@example.org\tDr. {}\t{}", id_of(Kind::clinician, c), c, c,
                      c == 0  ? "supervisor"
                      : c < 5 ? "senior"
                              : "reviewer");
        }
        staff.finish();
        Copy care(connection_, "clinician_assignments", "clinician_id, user_id, assigned_at",
                  year_.users);
        for (std::int64_t u = 0; u < year_.users; ++u) {
            care.row("{}\t{}\t{}", id_of(Kind::clinician, u % clinicians), id_of(Kind::user, u),
                     at(u * 700));
        }
        care.finish();
        Copy prompt(connection_, "prompt_registry",
                    "id, purpose, category, version, status, system_prompt", prompts);
        for (std::int64_t n = 0; n < prompts; ++n) {
            prompt.row("TJ-EX-P{}-v{}\tleads an exercise\texercise\t{}\t{}\t{}", n / 3, n % 3 + 1,
                       n % 3 + 1, n % 3 == 2 ? "active" : "deprecated", words(n, 1000));
        }
        prompt.finish();
        Copy voice(connection_, "tts_cache",
                   "text_hash, voice_id, minio_object_key, audio_duration_seconds, "
                   "file_size_bytes, last_accessed_at",
                   voices);
        for (std::int64_t n = 0; n < voices; ++n) {
            voice.row("{:064x}\tcalm\ttts/{}\t4.5\t70000\t{}", n, n, at(n * 6000 % year_s));
        }
        voice.finish();
        Copy days(connection_, "daily_metrics",
                  "metric_date, total_sessions_started, total_sessions_completed, completion_rate, "
                  "active_users, total_cost_usd",
                  365);
        for (std::int64_t d = 0; d < 365; ++d) {
            days.row("{:%F}\t650\t640\t98.46\t600\t12.5",
                     std::chrono::sys_days(std::chrono::floor<std::chrono::days>(
                         std::chrono::sys_seconds(std::chrono::seconds(begin_s_ + d * day_s)))));
        }
        days.finish();
    }

    void journal() {
        each("sessions",
             "id, user_id, session_number, modality, environment_id, status, started_at, "
             "completed_at, "
             "duration_minutes, safety_status, created_at, updated_at",
             1, [&](Copy& copy, std::int64_t s, std::int64_t) {
                 copy.row("{}\t{}\t{}\t{}\tcozy_cabin\tcompleted\t{}\t{}\t20\tgreen\t{}\t{}",
                          session(s), person(s), s % year_.sessions_per_user + 1,
                          s % vr_every == 0 ? "vr" : "web", begun(s), begun(s, 1200), begun(s),
                          begun(s, 1200));
             });
        each("session_events",
             "session_id, user_id, event_type, from_state, to_state, event_data, created_at", 6,
             [&](Copy& copy, std::int64_t s, std::int64_t i) {
                 copy.row("{}\t{}\tstate_transition\tactive\treflecting\t{{\"action\":\"exercise_"
                          "end\",\"n\":{}}}\t{}",
                          session(s), person(s), i, begun(s, i * 200));
             });
        each("session_intents",
             "id, session_id, user_id, goal_category, intensity_level, readiness_score, created_at",
             1, [&](Copy& copy, std::int64_t s, std::int64_t) {
                 copy.row("{}\t{}\t{}\tpersonal\t3\t7\t{}", id_of(Kind::intent, s), session(s),
                          person(s), begun(s, 30));
             });
        each("exercises",
             "id, session_id, user_id, technique, technique_config, status, started_at, "
             "completed_at, "
             "duration_minutes, word_count, created_at",
             1, [&](Copy& copy, std::int64_t s, std::int64_t) {
                 copy.row("{}\t{}\t{}\t{}\t{{\"minutes\":10}}\tcompleted\t{}\t{}\t10\t180\t{}",
                          id_of(Kind::exercise, s), session(s), person(s),
                          s % vr_every == 0 ? "bilateral_drawing" : "sprint", begun(s, 60),
                          begun(s, 660), begun(s, 60));
             });
        each("reflections",
             "id, session_id, user_id, recurring_themes, sentiment_score, word_count, "
             "agent_summary, created_at",
             1, [&](Copy& copy, std::int64_t s, std::int64_t) {
                 copy.row("{}\t{}\t{}\t{{calm}}\t{:.3f}\t120\t{}\t{}", id_of(Kind::reflection, s),
                          session(s), person(s), static_cast<double>(s % 200) / 100.0 - 1.0,
                          words(s, 400), begun(s, 700));
             });
        each("safety_screenings",
             "id, session_id, user_id, input_hash, safety_status, crisis_level, response_mode, "
             "recommended_action, confidence_score, created_at",
             1, [&](Copy& copy, std::int64_t s, std::int64_t) {
                 copy.row("{}\t{}\t{}\t{:064x}\tgreen\tnone\tstandard\tcontinue\t0.95\t{}",
                          id_of(Kind::screening, s), session(s), person(s), s, begun(s, 40));
             });
    }

    void runs() {
        each("agent_outputs",
             "id, session_id, user_id, agent_name, sequence_number, output_data, llm_model, "
             "input_tokens, "
             "output_tokens, llm_duration_seconds, cost_estimate_usd, created_at",
             3, [&](Copy& copy, std::int64_t s, std::int64_t i) {
                 copy.row("{}\t{}\t{}\tjournaling_coach\t{}\t{{\"text\":\"{}\"}}\tmodel-"
                          "a\t900\t300\t1.5\t0.012\t{}",
                          id_of(Kind::run, s * 3 + i), session(s), person(s), i,
                          words(s * 3 + i, 1000), begun(s, 60 + i));
             });
        each("mcp_tool_calls",
             "id, agent_output_id, session_id, tool_name, input_params, execution_time_ms, "
             "created_at",
             2, [&](Copy& copy, std::int64_t s, std::int64_t i) {
                 copy.row("{}\t{}\t{}\trag_retrieve\t{{\"k\":5}}\t40\t{}",
                          id_of(Kind::tool_call, s * 2 + i), id_of(Kind::run, s * 3), session(s),
                          begun(s, 61 + i));
             });
        each("audit_logs",
             "user_id, action, resource_type, resource_id, ip_address, user_agent, request_method, "
             "request_path, response_status, is_phi_access, phi_access_reason, \"timestamp\"",
             6, [&](Copy& copy, std::int64_t s, std::int64_t i) {
                 copy.row("{}\tsession_read\tsessions\t{}\t203.0.113.7\thaven-xr\tGET\t/v1/"
                          "sessions/{{id}}\t200\tt\t"
                          "the person's own device\t{}",
                          person(s), session(s), begun(s, i * 190));
             });
    }

    void rarer() {
        const std::int64_t sessions = year_.sessions();
        Copy places(connection_, "vr_sessions",
                    "id, parent_session_id, user_id, environment_id, interaction_mode, "
                    "performance_metrics, started_at, ended_at, duration_minutes, created_at",
                    sessions / vr_every);
        for (std::int64_t s = 0; s < sessions; s += vr_every) {
            places.row("{}\t{}\t{}\tcozy_cabin\tcontroller\t{{\"fps\":72}}\t{}\t{}\t10\t{}",
                       id_of(Kind::vr_session, s), session(s), person(s), begun(s, 60),
                       begun(s, 660), begun(s, 60));
        }
        places.finish();
        Copy drawings(connection_, "bilateral_drawings",
                      "id, exercise_id, user_id, vr_session_id, left_hand_strokes, "
                      "right_hand_strokes, stroke_count, duration_seconds, created_at",
                      sessions / vr_every);
        for (std::int64_t s = 0; s < sessions; s += vr_every) {
            drawings.row("{}\t{}\t{}\t{}\t{}\t{}\t14\t600\t{}", id_of(Kind::drawing, s),
                         id_of(Kind::exercise, s), person(s), id_of(Kind::vr_session, s),
                         ink(s, 8000), ink(s + 1, 8000), begun(s, 660));
        }
        drawings.finish();
        Copy artifacts(connection_, "exercise_artifacts",
                       "id, exercise_id, user_id, artifact_type, content_text, created_at",
                       sessions / artifact_every);
        for (std::int64_t s = 0; s < sessions; s += artifact_every) {
            artifacts.row("{}\t{}\t{}\ttext_entry\t{}\t{}", id_of(Kind::artifact, s),
                          id_of(Kind::exercise, s), person(s), words(s, 1000), begun(s, 600));
        }
        artifacts.finish();
        Copy feedback(connection_, "session_feedback",
                      "session_id, user_id, satisfaction, created_at", sessions);
        for (std::int64_t s = 0; s < sessions; ++s) {
            feedback.row("{}\t{}\t{}\t{}", session(s), person(s), s % 5 + 1, begun(s, 1200));
        }
        feedback.finish();
        Copy crises(
            connection_, "crisis_logs",
            "id, session_id, user_id, crisis_level, input_hash, escalation_status, created_at",
            sessions / crisis_every);
        for (std::int64_t s = 0; s < sessions; s += crisis_every) {
            crises.row("{}\t{}\t{}\tmedium\t{:064x}\tresolved\t{}", id_of(Kind::crisis, s),
                       session(s), person(s), s, begun(s, 41));
        }
        crises.finish();
        Copy cases(connection_, "hitl_escalations",
                   "id, session_id, user_id_anonymized, priority, review_deadline, "
                   "review_status, created_at",
                   sessions / crisis_every);
        constexpr std::array priorities = {"low", "medium", "high", "urgent"};
        for (std::int64_t s = 0; s < sessions; s += crisis_every) {
            cases.row("{}\t{}\tUser #{}\t{}\t{}\t{}\t{}", id_of(Kind::escalation, s), session(s), s,
                      priorities.at(static_cast<std::size_t>(s / crisis_every % 4)), begun(s, 7200),
                      s / crisis_every % 10 == 0 ? "pending" : "approved", begun(s, 42));
        }
        cases.finish();
    }

  private:
    [[nodiscard]] std::string at(std::int64_t second) const {
        return std::format("{:%FT%TZ}",
                           std::chrono::sys_seconds(std::chrono::seconds(begin_s_ + second)));
    }
    /// People begin at different hours, and come back at even distances.
    [[nodiscard]] std::string begun(std::int64_t s, std::int64_t after = 0) const {
        const std::int64_t u = s / year_.sessions_per_user;
        const std::int64_t k = s % year_.sessions_per_user;
        const std::int64_t apart = (year_s - day_s) / year_.sessions_per_user;
        return at(k * apart + u * 7919 % apart + after);
    }
    [[nodiscard]] static std::string session(std::int64_t s) { return id_of(Kind::session, s); }
    [[nodiscard]] std::string person(std::int64_t s) const {
        return id_of(Kind::user, s / year_.sessions_per_user);
    }
    void each(std::string_view table, std::string_view columns, std::int64_t times,
              const std::function<void(Copy&, std::int64_t, std::int64_t)>& row) {
        Copy copy(connection_, table, columns, year_.sessions() * times);
        for (std::int64_t s = 0; s < year_.sessions(); ++s) {
            for (std::int64_t i = 0; i < times; ++i) {
                row(copy, s, i);
            }
        }
        copy.finish();
    }

    PGconn* connection_;
    Year year_;
    std::int64_t begin_s_;
};

} // namespace

std::string id_of(Kind kind, std::int64_t n) {
    return std::format("{:08x}-0000-7000-8000-{:012x}", static_cast<unsigned>(kind), n);
}

void fill(const std::string& database_url, const Year& year) {
    auto connection = store::Connection::open(database_url);
    if (!connection) {
        throw std::runtime_error(store::describe(connection.error()));
    }
    PGconn* raw = connection->raw();
    for (const char* sql :
         {"SET timezone TO 'UTC'", "SET haven.actor TO 'job'",
          // Rows as they would have come to be: what triggers do is written, too.
          "SET session_replication_role TO replica",
          "SELECT haven_cover_range('session_events', 'created_at', '\"_p\"YYYYMMDD', "
          "date_trunc('week', now()) + i * interval '7 days', date_trunc('week', now()) + (i + 1) "
          "* "
          "interval '7 days') FROM generate_series(-53, -1) AS i",
          "SELECT haven_cover_range('audit_logs', 'timestamp', '\"_p\"YYYYMMDD', "
          "date_trunc('month', now()) + i * interval '1 month', date_trunc('month', now()) + (i + "
          "1) "
          "* interval '1 month') FROM generate_series(-13, -1) AS i"}) {
        Copy::execute(raw, sql,
                      std::string_view(sql).starts_with("SELECT") ? PGRES_TUPLES_OK
                                                                  : PGRES_COMMAND_OK);
    }
    Filler filler(raw, year);
    filler.people();
    filler.clinic();
    filler.journal();
    filler.runs();
    filler.rarer();
    std::println(stderr, "  VACUUM ANALYZE");
    Copy::execute(raw, "VACUUM ANALYZE", PGRES_COMMAND_OK);
}

} // namespace haven::bench
