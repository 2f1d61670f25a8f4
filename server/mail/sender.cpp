#include "server/mail/sender.hpp"

#include "bilateral/stroke.hpp"
#include "server/auth/token.hpp"
#include "server/log.hpp"
#include "server/mail/delivery.hpp"
#include "server/mail/message.hpp"
#include "server/mail/texts.hpp"
#include "server/notifications/unsubscribe.hpp"
#include "server/seal/seal.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_mail.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <format>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::mail {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds look_every = 1s;
constexpr std::chrono::minutes count_every = 1min;

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

} // namespace

Sender::Sender(const asio::any_io_executor& executor, store::Database& database,
               const seal::Seal& seal, From from, Places places, std::unique_ptr<Delivery> delivery)
    : database_(database), seal_(seal), from_(std::move(from)), places_(std::move(places)),
      delivery_(std::move(delivery)), timer_(executor) {}

asio::awaitable<void> Sender::run() {
    while (!stopping_) {
        bool more = false;
        try {
            more = co_await send_next();
            if (counted_at_ + count_every < Clock::now()) {
                co_await count();
            }
        } catch (const std::exception& failure) { // a row that nobody foresaw: the others go on
            log::error("letter_failed", {{"error", failure.what()}});
        }
        if (!more && !stopping_) {
            timer_.expires_after(look_every);
            (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void Sender::stop() {
    stopping_ = true;
    delivery_->stop();
    timer_.cancel();
}

asio::awaitable<bool> Sender::send_next() {
    const auto taken = co_await database_.query_as(own_work, sql::mail::take);
    if (!taken) {
        if (!taken.error().is_temporary()) {
            log::error("letters_not_looked_at", {{"error", store::describe(taken.error())}});
        }
        co_return false;
    }
    const auto letter = taken->front().get<std::optional<Uuid>>("id");
    if (letter) {
        co_await send(*letter);
    }
    co_return letter.has_value();
}

std::optional<Message> Sender::message_of(const std::string& id, const std::string& code,
                                          const store::Row& row) const {
    const auto topic = row.get<std::optional<std::string>>("topic");
    const std::string stops = topic
                                  ? notifications::unsubscribe_token(
                                        seal_, {.person = row.get<Uuid>("user_id"), .type = *topic})
                                  : "";
    const Text text = text_of(row.get<std::string_view>("kind"),
                              row.get<std::optional<std::string>>("language").value_or("en"),
                              topic ? stops : code, places_.site_url);
    // RFC 8058 3.1: by https alone.
    const bool by_one_click = topic && places_.public_url.starts_with("https://");
    return compose(from_, {.id = id,
                           .to = row.get<std::string>("address"),
                           .subject = text.subject,
                           .body = text.body,
                           .now = now(),
                           .unsubscribe_url = by_one_click ? std::format("{}/v1/unsubscriptions/{}",
                                                                         places_.public_url, stops)
                                                           : ""});
}

asio::awaitable<void> Sender::send(Uuid letter) {
    const std::string id = to_string(letter);
    const auth::Token code = auth::token_of(seal_.hmac_hex("one-time code", id));
    const auto prepared = co_await database_.query_as(own_work, sql::mail::prepare, letter,
                                                      std::span<const std::byte>(code.hash));
    if (!prepared) {
        log::warn("letter_not_prepared", {{"error", store::describe(prepared.error())}});
        co_return;
    }
    if (prepared->empty()) {
        co_return;
    }
    const store::Row row = prepared->front();
    const auto kind = row.get<std::string>("kind");
    const auto message = message_of(id, code.text, row);
    if (!message) {
        co_await failed(letter, kind,
                        {.outcome = Delivered::Outcome::never, .why = "no address of mail"});
        co_return;
    }
    const auto delivered =
        co_await worker_.run([this, &message] { return delivery_->deliver(*message); });
    if (!delivered || delivered->outcome != Delivered::Outcome::sent) {
        co_await failed(letter, kind, delivered.value_or(Delivered{}));
        co_return;
    }
    ++sent_;
    const auto user = row.get<std::optional<Uuid>>("user_id");
    const auto clinician = row.get<std::optional<Uuid>>("clinician_id");
    const auto done =
        co_await database_.query_as(own_work, sql::mail::sent, letter, kind, user, clinician);
    if (!done) { // it is sent once more
        log::warn("sent_letter_not_recorded", {{"error", store::describe(done.error())}});
    }
}

asio::awaitable<void> Sender::failed(Uuid letter, std::string kind, Delivered delivered) {
    const bool never = delivered.outcome == Delivered::Outcome::never;
    const auto judged = co_await database_.query_as(own_work, sql::mail::failed, letter, never);
    const bool over = judged && !judged->empty() && judged->front().get<bool>("given_up");
    log::warn(over ? "letter_given_up" : "letter_not_sent",
              {{"kind", kind}, {"error", delivered.why}});
    co_await count();
}

asio::awaitable<void> Sender::count() {
    const auto state = co_await database_.query_as(own_work, sql::mail::state);
    if (state) {
        waiting_ = state->front().get<std::int64_t>("waiting");
        given_up_ = state->front().get<std::int64_t>("given_up");
        counted_at_ = Clock::now();
    }
}

} // namespace haven::mail
