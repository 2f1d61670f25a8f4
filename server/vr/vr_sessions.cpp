#include "server/vr/vr_sessions.hpp"

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
#include <haven/sql_vr.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

namespace haven::vr {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

api::StoredVrSession stored_vr_session(const store::Row& row) {
    using OptionalText = std::optional<std::string>;
    return {
        .id = row.get<Uuid>("id"),
        .vr_session = {.parent_session_id = row.get<Uuid>("parent_session_id"),
                       .environment_id = row.get<std::string>("environment_id"),
                       .environment_config_json = row.get<OptionalText>("environment_config"),
                       .interaction_mode =
                           row.get<OptionalText>("interaction_mode").value_or("controller"),
                       .spatial_audio_enabled =
                           row.get<std::optional<bool>>("spatial_audio_enabled").value_or(true),
                       .cinematic_mode_enabled =
                           row.get<std::optional<bool>>("cinematic_mode_enabled").value_or(false),
                       .camera_path_data_json = row.get<OptionalText>("camera_path_data"),
                       .started_at = row.get<std::int64_t>("started_at")},
        .performance_metrics_json = row.get<OptionalText>("performance_metrics"),
        .ended_at = row.get<std::optional<std::int64_t>>("ended_at"),
        .duration_minutes = row.get<std::optional<std::int32_t>>("duration_minutes"),
        .created_at = row.get<std::int64_t>("created_at"),
        .clock_corrected = row.get<bool>("clock_corrected")};
}

asio::awaitable<Answer> put_vr_session(Exchange& exchange) {
    const auto vr_session = api::decode_vr_session(exchange.request.body);
    if (!vr_session) {
        co_return std::unexpected(http::invalid_body(vr_session.error()));
    }
    const http::Content content = http::content_of(exchange.request, *vr_session);
    co_return co_await http::write_once(
        exchange, content.received,
        store::call(sql::vr::put_vr_session, exchange.id(), exchange.user_id(),
                    std::span<const std::byte>(content.received), vr_session->parent_session_id,
                    vr_session->environment_id, vr_session->environment_config_json,
                    vr_session->interaction_mode, vr_session->spatial_audio_enabled,
                    vr_session->cinematic_mode_enabled, vr_session->camera_path_data_json,
                    store::time_us(vr_session->started_at),
                    std::span<const std::byte>(content.meaning)));
}

asio::awaitable<Answer> put_metrics(Exchange& exchange) {
    const auto metrics = api::decode_vr_session_metrics(exchange.request.body);
    if (!metrics) {
        co_return std::unexpected(http::invalid_body(metrics.error()));
    }
    const http::Content content = http::content_of(exchange.request, *metrics);
    co_return co_await http::write_once(
        exchange, content.received,
        store::call(sql::vr::put_metrics, exchange.id(), exchange.user_id(),
                    std::span<const std::byte>(content.received), metrics->performance_metrics_json,
                    std::span<const std::byte>(content.meaning)));
}

asio::awaitable<Answer> end_vr_session(Exchange& exchange) {
    const auto end = api::decode_vr_session_end(exchange.request.body);
    if (!end) {
        co_return std::unexpected(http::invalid_body(end.error()));
    }
    const http::Content content = http::content_of(exchange.request, *end);
    co_return co_await http::write_once(
        exchange, content.received,
        store::call(sql::vr::end_vr_session, exchange.id(), exchange.user_id(),
                    std::span<const std::byte>(content.received), store::time_us(end->ended_at),
                    std::span<const std::byte>(content.meaning)));
}

asio::awaitable<Answer> get_vr_session(Exchange& exchange) {
    const auto rows = co_await http::look_once(
        exchange, store::call(sql::vr::get_vr_session, exchange.id(), exchange.user_id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::json(200, api::encode(stored_vr_session(rows->front())));
}

asio::awaitable<Answer> list_vr_sessions(Exchange& exchange) {
    const auto page = http::read_page(exchange.request.head.query);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    const auto rows = co_await http::list_below(
        exchange, store::call(sql::sessions::own_session, exchange.id(), exchange.user_id()),
        store::call(sql::vr::list_vr_sessions, exchange.id(), exchange.user_id(),
                    page->after_time(), page->after_id(), page->items_max));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::page_of(*rows, *page, exchange.request.head.path, stored_vr_session);
}

} // namespace haven::vr
