#include "server/jobs/jobs.hpp"

#include "server/http/message.hpp"
#include "server/log.hpp"
#include "server/mail/texts.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <haven/sql_jobs.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <expected>
#include <format>
#include <span>
#include <string>
#include <vector>

namespace haven::jobs {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::array usual_jobs{
    Job{.statement = &sql::jobs::maintain_partitions, .period = 1h},
    Job{.statement = &sql::jobs::default_partition_rows, .period = 1min},
    Job{.statement = &sql::jobs::overdue_cases, .period = 1min},
    Job{.statement = &sql::jobs::remind, .period = 1min},
    Job{.statement = &sql::jobs::time_out_sessions, .period = 5min},
    Job{.statement = &sql::jobs::expire_notifications, .period = 1h},
    Job{.statement = &sql::jobs::lapse_consents, .period = 1h},
    Job{.statement = &sql::jobs::lapse_streaks, .period = 1h},
    Job{.statement = &sql::jobs::compute_daily_metrics, .period = 1h},
    Job{.statement = &sql::jobs::forget_events, .period = 1h},
    Job{.statement = &sql::jobs::forget_letters, .period = 1h},
    Job{.statement = &sql::jobs::forget_device_grants, .period = 1h},
    Job{.statement = &sql::jobs::forget_keys, .period = 1h},
    Job{.statement = &sql::jobs::forget_tokens, .period = 1h},
    Job{.statement = &sql::jobs::trim_tts_cache, .period = 5min},
    Job{.statement = &sql::jobs::forget_drafts, .period = 1h},
    Job{.statement = &sql::jobs::forget_deleted, .period = 1h},
};

constexpr std::array urgent_jobs{
    Job{.statement = &sql::jobs::call, .period = 2s},
    Job{.statement = &sql::jobs::lapse_claims, .period = 30s},
};

constexpr std::chrono::seconds retry_after_max = 1min;

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

/// {"LANGUAGE": {"title", "body"}}
const std::string& reminder_words() {
    static const std::string words = [] {
        std::string json;
        for (const mail::Reminder& reminder : mail::reminders()) {
            json += std::format(R"({}"{}":{{"title":{},"body":{}}})", json.empty() ? "" : ",",
                                reminder.language, http::json_string(reminder.text.subject),
                                http::json_string(reminder.text.body));
        }
        return "{" + json + "}";
    }();
    return words;
}

} // namespace

asio::awaitable<store::Outcome<void>> Jobs::run_one(const store::Statement& statement) {
    const auto rows = &statement == &sql::jobs::remind
                          ? co_await database_.query_as(own_work, statement, reminder_words())
                          : co_await database_.query_as(own_work, statement);
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    if (&statement == &sql::jobs::default_partition_rows) {
        default_rows_ = rows->front().get<std::int64_t>("done");
    } else if (&statement == &sql::jobs::overdue_cases) {
        overdue_cases_ = rows->front().get<std::int64_t>("done");
    }
    co_return store::Outcome<void>();
}

std::span<const Job> usual() {
    return usual_jobs;
}

std::span<const Job> urgent() {
    return urgent_jobs;
}

asio::awaitable<void> Jobs::run() {
    std::vector<Clock::time_point> due(jobs_.size());
    while (!stopping_) {
        for (std::size_t i = 0; i < jobs_.size() && !stopping_; ++i) {
            if (due.at(i) > Clock::now()) {
                continue;
            }
            const Job& job = jobs_[i];
            due.at(i) = Clock::now() + std::min(retry_after_max, job.period);
            try {
                if (const auto done = co_await run_one(*job.statement)) {
                    due.at(i) = Clock::now() + job.period;
                } else {
                    log::warn("job_failed", {{"job", job.statement->name},
                                             {"error", store::describe(done.error())}});
                }
            } catch (const std::exception& failure) { // a row that nobody foresaw: the others go on
                log::error("job_failed", {{"job", job.statement->name}, {"error", failure.what()}});
            }
        }
        timer_.expires_at(std::ranges::min(due));
        (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void Jobs::stop() {
    stopping_ = true;
    timer_.cancel();
}

} // namespace haven::jobs
