#include "server/events/hub.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/listener.hpp"
#include "server/log.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_events.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haven::events {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto look_every = 1s;
constexpr auto look_at_most_every = 50ms; ///< however much happens
constexpr std::int32_t news_at_once = 1000;

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

void complain(std::string_view what, const store::DbError& error) {
    if (!error.is_temporary()) {
        log::error(what, {{"error", store::describe(error)}});
    }
}

/// Whether an event that is for these may be for them. It is looked at as who they are, if so.
bool may_concern(const store::Row& row, const Audience& one) {
    switch (one.actor.kind) {
    case store::ActorKind::user:
        return row.get<std::optional<Uuid>>("person") == one.actor.id;
    case store::ActorKind::clinician:
        return row.get<bool>("clinicians");
    case store::ActorKind::service:
        return row.get<bool>("services");
    case store::ActorKind::gate:
    case store::ActorKind::job:
        break;
    }
    return false;
}

} // namespace

Hub::Hub(const asio::any_io_executor& executor, store::Database& database,
         const http::Limits& limits, bool numbers)
    : database_(database), limits_(limits), numbers_(numbers), timer_(executor) {}

asio::awaitable<void> Hub::run() {
    while (!stopping_) {
        const auto began = Clock::now();
        woken_ = false;
        try {
            co_await look();
        } catch (const std::exception& failure) { // a row that nobody foresaw
            log::error("events_not_looked_at", {{"error", failure.what()}});
        }
        if (!stopping_ && !woken_) {
            timer_.expires_at(began + look_every);
            (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        if (!stopping_) {
            timer_.expires_at(began + look_at_most_every);
            (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void Hub::wake() {
    woken_ = true;
    timer_.cancel();
}

asio::awaitable<void> Hub::look() {
    if (numbers_ || !audience_.empty()) {
        co_await look_for_news();
    }
    if (audience_.empty()) {
        newest_.reset();
        co_return;
    }
    if (looked_at_tokens_ + look_every <= Clock::now() + 50ms) {
        looked_at_tokens_ = Clock::now();
        co_await look_at_tokens();
        for (const auto& one : audience_) {
            one->ticked = true;
            one->woken.cancel();
        }
    }
}

asio::awaitable<void> Hub::look_for_news() {
    std::int32_t numbered = 0;
    do {
        const auto done = co_await database_.query_as(own_work, sql::events::number);
        if (!done) {
            complain("events_not_numbered", done.error());
            co_return;
        }
        numbered = done->front().get<std::int32_t>("done");
    } while (numbered >= news_at_once && !stopping_);
    if (audience_.empty()) {
        co_return;
    }
    if (!newest_) {
        const auto start =
            co_await database_.query_as(own_work, sql::events::start, std::optional<Uuid>());
        if (!start) {
            complain("events_not_found", start.error());
            co_return;
        }
        newest_ = start->front().get<Uuid>("place");
        for (const auto& one : audience_) {
            one->behind = true;
            one->woken.cancel();
        }
        co_return;
    }
    std::size_t seen = news_at_once;
    while (seen == news_at_once && !stopping_) {
        const auto news =
            co_await database_.query_as(own_work, sql::events::news, *newest_, news_at_once);
        if (!news) {
            complain("events_not_read", news.error());
            co_return;
        }
        seen = news->size();
        for (const store::Row row : *news) {
            for (const auto& one : audience_) {
                one->behind = one->behind || may_concern(row, *one);
            }
            newest_ = row.get<Uuid>("place");
        }
    }
    for (const auto& one : audience_) {
        if (one->behind) {
            one->woken.cancel();
        } else if (!one->reading) { // nothing of it was for them
            one->place = std::max(one->place, *newest_);
        }
    }
}

asio::awaitable<void> Hub::look_at_tokens() {
    std::string hashes;
    for (const auto& one : audience_) {
        hashes += (hashes.empty() ? "" : " ") + one->token_hash;
    }
    const auto found = co_await database_.query_as(own_work, sql::events::living, hashes);
    if (!found) {
        complain("tokens_not_looked_at", found.error());
        co_return;
    }
    std::map<std::string, std::string> roles;
    for (const store::Row row : *found) {
        roles.emplace(row.get<std::string>("token_hash"), row.get<std::string>("role"));
    }
    for (const auto& one : audience_) {
        const auto good = roles.find(one->token_hash);
        // Who came meanwhile was looked at when they came.
        if (hashes.contains(one->token_hash) &&
            (good == roles.end() || good->second != one->actor.role)) {
            one->ended = "token";
            one->woken.cancel();
        }
    }
}

void Hub::stop() {
    stopping_ = true;
    timer_.cancel();
    for (const auto& one : audience_) {
        one->ended = "stopping";
        one->woken.cancel();
    }
}

std::optional<Hub::Refusal> Hub::refusal(const store::Actor& actor,
                                         std::string_view network) const {
    const auto of_bearer = std::ranges::count_if(
        audience_, [&](const auto& one) { return one->actor.id == actor.id; });
    const auto of_network =
        std::ranges::count_if(audience_, [&](const auto& one) { return one->network == network; });
    if (stopping_ || audience_.size() >= limits_.streams_max) {
        return Refusal::in_all;
    }
    if (static_cast<std::size_t>(of_bearer) >= limits_.streams_of_bearer_max) {
        return Refusal::of_bearer;
    }
    if (static_cast<std::size_t>(of_network) >= limits_.streams_of_network_max) {
        return Refusal::of_network;
    }
    return std::nullopt;
}

void Hub::add(const std::shared_ptr<Audience>& one) {
    audience_.push_back(one);
    if (!newest_) {
        wake();
    }
}

void Hub::remove(const std::shared_ptr<Audience>& one) {
    std::erase(audience_, one);
}

} // namespace haven::events
