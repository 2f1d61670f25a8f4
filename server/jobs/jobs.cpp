#include "server/jobs/jobs.hpp"

#include "server/log.hpp"
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

namespace haven::jobs {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

struct Job {
    const store::Statement* statement; ///< its column `done` says how many
    std::chrono::minutes period;
};

constexpr std::array jobs{
    Job{.statement = &sql::jobs::maintain_partitions, .period = 1h},
    Job{.statement = &sql::jobs::default_partition_rows, .period = 1min},
    Job{.statement = &sql::jobs::overdue_cases, .period = 1min},
    Job{.statement = &sql::jobs::time_out_sessions, .period = 5min},
    Job{.statement = &sql::jobs::expire_notifications, .period = 1h},
    Job{.statement = &sql::jobs::lapse_streaks, .period = 1h},
    Job{.statement = &sql::jobs::compute_daily_metrics, .period = 1h},
    Job{.statement = &sql::jobs::forget_letters, .period = 1h},
    Job{.statement = &sql::jobs::forget_device_grants, .period = 1h},
    Job{.statement = &sql::jobs::forget_keys, .period = 1h},
    Job{.statement = &sql::jobs::forget_tokens, .period = 1h},
    Job{.statement = &sql::jobs::trim_tts_cache, .period = 1h},
};

constexpr std::chrono::minutes retry_after = 1min;

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

} // namespace

asio::awaitable<store::Outcome<void>> Jobs::run_one(const store::Statement& statement) {
    const auto rows = co_await database_.query_as(own_work, statement);
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

asio::awaitable<void> Jobs::run() {
    std::array<Clock::time_point, jobs.size()> due{};
    while (!stopping_) {
        for (std::size_t i = 0; i < jobs.size() && !stopping_; ++i) {
            if (due.at(i) > Clock::now()) {
                continue;
            }
            const Job& job = jobs.at(i);
            due.at(i) = Clock::now() + retry_after;
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
