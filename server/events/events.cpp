#include "server/events/events.hpp"

#include "bilateral/stroke.hpp"
#include "server/audit/audit.hpp"
#include "server/auth/scopes.hpp"
#include "server/auth/token.hpp"
#include "server/events/hub.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/streamed_body.hpp"
#include "server/log.hpp"
#include "server/store/actor.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_events.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <expected>
#include <format>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::events {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Problem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::int32_t events_at_once = 100;
constexpr int pages_at_once = 10; ///< of who asks for what is there

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

/// One event of the stream (WHATWG HTML, 9.2.5). `data` is JSON on one line.
std::string event_text(std::string_view id, std::string_view kind, std::string_view data) {
    return std::format("{}event: {}\ndata: {}\n\n", id.empty() ? "" : std::format("id: {}\n", id),
                       kind, data);
}

struct Page {
    std::string text;
    Uuid last{};       ///< of those it has
    bool full = false; ///< others may follow
};

/// What who asks may hear of what stands after one place, up to another. The first look is recorded
/// even where it finds nothing.
asio::awaitable<std::expected<Page, Problem>> read_page(Exchange& exchange, Uuid after, Uuid upto,
                                                        bool is_first) {
    const std::string scopes = auth::to_string(exchange.request.principal->scopes);
    const auto rows = co_await http::write_recorded(
        exchange, audit::answered_by(exchange, sql::events::page.newest, after, upto,
                                     events_at_once, scopes, is_first));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    Page page{.text = {}, .last = after};
    std::int32_t seen = 0;
    for (const store::Row row : *rows) {
        const auto item = row.get<std::optional<std::string>>("item");
        if (!item) {
            continue;
        }
        const http::JsonMembers event(*item);
        page.text +=
            event_text(event.text("id").value_or(""), event.text("kind").value_or(""), *item);
        page.last = row.get<Uuid>("id");
        ++seen;
    }
    page.full = seen == events_at_once;
    co_return page;
}

struct Start {
    Uuid place{};  ///< after which there is something to tell
    Uuid newest{}; ///< where it ends
    std::string text;
};

asio::awaitable<std::expected<Start, Problem>> find_start(Exchange& exchange) {
    store::Database& database = exchange.services.database;
    const std::string& told = exchange.request.head.last_event_id;
    const auto numbered = co_await database.query_as(own_work, sql::events::number);
    if (!numbered) {
        co_return std::unexpected(http::problem_of(numbered.error(), exchange.request.id));
    }
    const auto begin = co_await database.query_as(own_work, sql::events::start, parse_uuid(told));
    if (!begin) {
        co_return std::unexpected(http::problem_of(begin.error(), exchange.request.id));
    }
    const auto newest =
        co_await database.query_as(own_work, sql::events::start, std::optional<Uuid>());
    if (!newest) {
        co_return std::unexpected(http::problem_of(newest.error(), exchange.request.id));
    }
    const store::Row row = begin->front();
    const auto id = row.get<std::optional<Uuid>>("id");
    // An id that is not there any more, or never was: who had it has missed something.
    const bool gap = !told.empty() && !row.get<bool>("known");
    co_return Start{.place = row.get<Uuid>("place"),
                    .newest = newest->front().get<Uuid>("place"),
                    .text = event_text(id ? to_string(*id) : "", gap ? "reset" : "ready",
                                       gap ? R"({"kind":"reset"})" : R"({"kind":"ready"})")};
}

/// What goes on: from a cursor, for as long as the client and its token are there.
class Stream final : public http::StreamedBody {
  public:
    Stream(Exchange& exchange, std::shared_ptr<Audience> audience, std::string begin)
        : exchange_(exchange.services, exchange.request), hub_(exchange.services.events),
          audience_(std::move(audience)), waiting_(std::move(begin)) {
        hub_.add(audience_);
    }
    ~Stream() override { hub_.remove(audience_); }

    asio::awaitable<std::optional<std::string>> next() override {
        if (!waiting_.empty()) {
            said_ = Clock::now();
            co_return std::exchange(waiting_, {});
        }
        while (!over_) {
            if (!audience_->ended.empty()) {
                over_ = true;
                co_return event_text(
                    "", "end", std::format(R"({{"kind":"end","reason":"{}"}})", audience_->ended));
            }
            if (audience_->behind && hub_.newest()) {
                std::string text = co_await read_on();
                if (!text.empty()) {
                    said_ = Clock::now();
                    co_return text;
                }
                continue;
            }
            if (Clock::now() - said_ >= hub_.heartbeat()) {
                said_ = Clock::now();
                co_return ":\n\n";
            }
            if (std::exchange(audience_->ticked, false)) {
                co_return "";
            }
            audience_->woken.expires_at(said_ + hub_.heartbeat());
            (void)co_await audience_->woken.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        co_return std::nullopt;
    }

  private:
    asio::awaitable<std::string> read_on() {
        const Uuid upto = *hub_.newest();
        audience_->behind = false;
        audience_->reading = true;
        std::string text;
        try {
            auto page = co_await read_page(exchange_, audience_->place, upto, false);
            if (page) {
                text = std::move(page->text);
                audience_->behind = audience_->behind || page->full;
                audience_->place = page->full ? page->last : std::max(audience_->place, upto);
            } else {
                audience_->ended = "unavailable";
            }
        } catch (const std::exception& failure) { // a row that nobody foresaw
            log::error("events_not_told",
                       {{"request_id", exchange_.request.id}, {"error", failure.what()}});
            audience_->ended = "unavailable";
        }
        audience_->reading = false;
        co_return text;
    }

    Exchange exchange_;
    Hub& hub_;
    std::shared_ptr<Audience> audience_;
    std::string waiting_;
    Clock::time_point said_ = Clock::now();
    bool over_ = false;
};

std::optional<Problem> refusal_of(const Exchange& exchange) {
    const auto refused = exchange.services.events.refusal(exchange.request.principal->actor,
                                                          exchange.request.head.client_network);
    if (!refused) {
        return std::nullopt;
    }
    if (*refused == Hub::Refusal::in_all) {
        return http::unavailable(10s);
    }
    Problem problem = http::too_many_requests(10s);
    problem.detail = *refused == Hub::Refusal::of_bearer
                         ? "So many streams of this account are open already: close one."
                         : "So many streams of this network are open already: close one.";
    return problem;
}

http::Response response_of(std::string body, std::shared_ptr<http::StreamedBody> stream) {
    return {.status = 200,
            .content_type = "text/event-stream",
            .body = std::move(body),
            .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
            .constant_body = {},
            .stream = std::move(stream)};
}

asio::awaitable<Answer> listen(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const http::RequestHead& head = exchange.request.head;
    const bool goes_on =
        head.method != "HEAD" && http::query_value(head.query, "once").value_or("") != "true";
    if (goes_on) {
        if (auto refused = refusal_of(exchange)) {
            co_return std::unexpected(std::move(*refused));
        }
    }
    auto start = co_await find_start(exchange);
    if (!start) {
        co_return std::unexpected(std::move(start.error()));
    }
    Uuid place = start->place;
    std::string text = std::move(start->text);
    bool more = true;
    for (int i = 0; i < (goes_on ? 1 : pages_at_once) && more; ++i) {
        auto page = co_await read_page(exchange, place, start->newest, i == 0);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        text += page->text;
        more = page->full;
        place = more ? page->last : std::max(place, start->newest);
    }
    if (!goes_on) {
        co_return response_of(std::move(text), nullptr);
    }
    const auto hash = auth::hash_of_token(exchange.request.principal->token);
    auto audience = std::make_shared<Audience>(
        co_await asio::this_coro::executor, exchange.request.principal->actor,
        hash ? http::hexadecimal(*hash) : "", head.client_network);
    audience->place = place;
    co_return response_of(
        {}, std::make_shared<Stream>(exchange, std::move(audience), "retry: 2000\n" + text));
}

constexpr http::Policy policy = http::Policy::health(
    http::who::signed_in,
    http::scope::journal | http::scope::care | http::scope::sessions | http::scope::screenings |
        http::scope::notifications | http::scope::consents,
    "event_listen", "events", "what happens to a person, told at once");

constexpr std::array table{
    http::Route{http::Method::get, "/v1/events", policy, http::no_body, listen},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::events
