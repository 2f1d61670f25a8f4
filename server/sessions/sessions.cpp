#include "server/sessions/sessions.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/paging.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/write.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_sessions.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace haven::sessions {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

api::StoredSession stored_session(const store::Row& row) {
    return {.id = row.get<Uuid>("id"),
            .session = {.modality = row.get<std::string>("modality"),
                        .environment_id = row.get<std::optional<std::string>>("environment_id"),
                        .started_at = row.get<std::int64_t>("started_at")},
            .status = row.get<std::string>("status"),
            .session_number = row.get<std::optional<std::int32_t>>("session_number"),
            .completed_at = row.get<std::optional<std::int64_t>>("completed_at"),
            .duration_minutes = row.get<std::optional<std::int32_t>>("duration_minutes")};
}

asio::awaitable<Answer> put_session(Exchange& exchange) {
    const auto session = api::decode_session(exchange.request.body);
    if (!session) {
        co_return std::unexpected(http::invalid_body(session.error()));
    }
    const http::Digest digest = http::digest_of(exchange.request.body);
    // The numbers of a person's sessions have no gaps: one of their sessions is begun at a time.
    co_return co_await http::write_once(
        exchange,
        store::call(sql::sessions::put_session, exchange.id(), exchange.user_id(),
                    std::span<const std::byte>(digest), session->modality, session->environment_id,
                    store::time_us(session->started_at)),
        exchange.user_id());
}

asio::awaitable<Answer> get_session(Exchange& exchange) {
    const auto rows = co_await http::look_once(
        exchange, store::call(sql::sessions::get_session, exchange.id(), exchange.user_id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::json(200, api::encode(stored_session(rows->front())));
}

asio::awaitable<Answer> list_sessions(Exchange& exchange) {
    const auto page = http::read_page(exchange.request.head.query);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    const auto rows = co_await http::list_below(
        exchange, store::call(sql::sessions::own_account, exchange.user_id()),
        store::call(sql::sessions::list_sessions, exchange.user_id(), page->after_time(),
                    page->after_id(), page->items_max));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::page_of(*rows, *page, exchange.request.head.path, stored_session);
}

} // namespace haven::sessions
