#include "server/webhooks/sender.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/message.hpp"
#include "server/log.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/secret.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"
#include "server/webhooks/delivery.hpp"

#include <haven/sql_webhooks.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::webhooks {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto look_every = 1s;

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string body_of(const store::Row& row) {
    const auto text = [&row](const char* name) {
        return http::json_string(row.get<std::string>(name));
    };
    return std::format(R"({{"type":{},"timestamp":{},"data":{{"event_id":"{}","resource_type":{},)"
                       R"("resource_id":"{}"}}}})",
                       text("kind"), text("event_at"), to_string(row.get<Uuid>("event_id")),
                       text("resource_type"), to_string(row.get<Uuid>("resource_id")));
}

} // namespace

Sender::Sender(const asio::any_io_executor& executor, store::Database& database,
               const seal::Seal& seal, MayReach may_reach)
    : database_(database), seal_(seal), may_reach_(std::move(may_reach)), executor_(executor) {}

asio::awaitable<void> Sender::run(Receivers receivers) {
    while (!stopping_) {
        bool more = false;
        try {
            more = co_await send_next(receivers);
        } catch (const std::exception& failure) { // a row that nobody foresaw: the others go on
            log::error("webhook_failed", {{"error", failure.what()}});
        }
        if (!more && !stopping_) {
            asio::steady_timer pause(executor_, look_every);
            (void)co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void Sender::stop() {
    stopping_ = true;
}

asio::awaitable<bool> Sender::send_next(Receivers receivers) {
    const auto taken =
        co_await database_.query_as(own_work, sql::webhooks::take, receivers == Receivers::all);
    if (!taken) {
        if (!taken.error().is_temporary()) {
            log::error("webhooks_not_looked_at", {{"error", store::describe(taken.error())}});
        }
        co_return false;
    }
    if (!taken->empty()) {
        co_await send(taken->front());
    }
    co_return !taken->empty();
}

asio::awaitable<void> Sender::send(const store::Row& row) {
    const Uuid delivery = row.get<Uuid>("id");
    const Uuid webhook = row.get<Uuid>("webhook_id");
    std::vector<seal::DataKey> keys;
    for (const auto& [id_column, sealed_column] :
         {std::pair{"secret_id", "sealed_secret"}, {"older_secret_id", "older_sealed_secret"}}) {
        const auto id = row.get<std::optional<Uuid>>(id_column);
        if (!id) {
            continue;
        }
        auto key = seal_.unwrap(*id, webhook, row.get<std::span<const std::byte>>(sealed_column));
        if (!key) {
            log::error("webhook_secret_not_opened", {{"error", key.error().message}});
            continue;
        }
        keys.push_back(std::move(*key));
    }
    Attempt attempt{.status = 0, .failure = "its secret does not open"};
    if (!keys.empty()) {
        std::vector<const seal::Secret*> secrets;
        for (const seal::DataKey& key : keys) {
            secrets.push_back(&key.secret);
        }
        Message message{.id = to_string(delivery),
                        .url = row.get<std::string>("url"),
                        .seconds = seconds_now(),
                        .signature = {},
                        .body = body_of(row)};
        message.signature = signature_of(message.id, message.seconds, message.body, secrets);
        const auto done = co_await workers_.run(
            [this, &message] { return deliver(message, may_reach_, stopping_); });
        if (!done || stopping_) {
            co_return; // another server's, or ours once we are there again
        }
        attempt = *done;
    }
    const auto recorded = co_await database_.query_as(
        own_work, sql::webhooks::attempted, delivery,
        attempt.status == 0 ? std::nullopt : std::optional(attempt.status), attempt.failure,
        attempt.duration.count(), attempt.is_delivered());
    if (!recorded) { // it is sent once more
        log::warn("webhook_not_recorded", {{"error", store::describe(recorded.error())}});
    } else if (!attempt.is_delivered()) {
        const bool over = !recorded->empty() && recorded->front().get<bool>("given_up");
        log::warn(over ? "webhook_given_up" : "webhook_not_delivered",
                  {{"webhook_id", to_string(webhook)},
                   {"status", attempt.status},
                   {"error", attempt.failure}});
    }
}

} // namespace haven::webhooks
