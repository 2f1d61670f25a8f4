#include "server/exercises/exercises.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/paging.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/write.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_exercises.hpp>
#include <haven/sql_sessions.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

namespace haven::exercises {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

api::StoredExercise stored_exercise(const store::Row& row) {
    return {.id = row.get<Uuid>("id"),
            .exercise = {.session_id = row.get<Uuid>("session_id"),
                         .technique = row.get<std::string>("technique"),
                         .technique_config_json =
                             row.get<std::optional<std::string>>("technique_config"),
                         .started_at = row.get<std::int64_t>("started_at"),
                         .opening_prompt = row.get<std::optional<std::string>>("opening_prompt"),
                         .guideposts_json = row.get<std::optional<std::string>>("guideposts"),
                         .grounding_close = row.get<std::optional<std::string>>("grounding_close")},
            .status = row.get<std::optional<std::string>>("status").value_or("in_progress"),
            .completed_at = row.get<std::optional<std::int64_t>>("completed_at"),
            .duration_minutes = row.get<std::optional<std::int32_t>>("duration_minutes"),
            .word_count = row.get<std::optional<std::int32_t>>("word_count"),
            .created_at = row.get<std::int64_t>("created_at"),
            .clock_corrected = row.get<bool>("clock_corrected")};
}

asio::awaitable<Answer> put_exercise(Exchange& exchange) {
    const auto exercise = api::decode_exercise(exchange.request.body);
    if (!exercise) {
        co_return std::unexpected(http::invalid_body(exercise.error()));
    }
    const http::Content content = http::content_of(exchange.request, *exercise);
    co_return co_await http::write_once(
        exchange, content.received,
        store::call(sql::exercises::put_exercise, exchange.id(), exchange.user_id(),
                    std::span<const std::byte>(content.received), exercise->session_id,
                    exercise->technique, exercise->technique_config_json,
                    store::time_us(exercise->started_at), exercise->opening_prompt,
                    exercise->guideposts_json, exercise->grounding_close,
                    std::span<const std::byte>(content.meaning)));
}

asio::awaitable<Answer> end_exercise(Exchange& exchange) {
    const auto end = api::decode_exercise_end(exchange.request.body);
    if (!end) {
        co_return std::unexpected(http::invalid_body(end.error()));
    }
    const http::Content content = http::content_of(exchange.request, *end);
    co_return co_await http::write_once(exchange, content.received,
                                        store::call(sql::exercises::end_exercise, exchange.id(),
                                                    exchange.user_id(),
                                                    std::span<const std::byte>(content.received),
                                                    end->status, store::time_us(end->completed_at),
                                                    std::span<const std::byte>(content.meaning)));
}

asio::awaitable<Answer> get_exercise(Exchange& exchange) {
    const auto rows = co_await http::look_once(
        exchange, store::call(sql::exercises::get_exercise, exchange.id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::json(200, api::encode(stored_exercise(rows->front())));
}

asio::awaitable<Answer> list_exercises(Exchange& exchange) {
    const auto page = http::read_page(exchange.request.head.query);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    const auto rows = co_await http::list_below(
        exchange, store::call(sql::sessions::visible_session, exchange.id()),
        store::call(sql::exercises::list_exercises, exchange.id(), page->after_time(),
                    page->after_id(), page->items_max));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::page_of(*rows, *page, exchange.request.head.path, stored_exercise);
}

namespace {

constexpr std::array table{
    http::Route{http::Method::put, "/v1/exercises/{id}/guidance",
                http::Policy::health(http::who::users | http::who::services, "exercise_guidance",
                                     "exercises", "what leads the person through an exercise"),
                http::json_body, http::operate<sql::exercises::put_guidance>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::exercises
