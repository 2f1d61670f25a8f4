#include "server/vr/exports.hpp"

#include "server/audit/audit.hpp"
#include "server/canvas/model.hpp"
#include "server/canvas/view.hpp"
#include "server/http/application.hpp"
#include "server/http/etag.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"
#include "server/vr/canvases.hpp"
#include "server/vr/rules.hpp"

#include <haven/sql_vr.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::vr {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

constexpr std::chrono::seconds try_again_after{5};

/// What a drawing's ink is made into.
struct Form {
    /// With its version, which counts up where the same ink comes to other bytes: a drawing never
    /// changes, so this and its id are what an entity-tag is of.
    std::string_view name;
    std::string_view media_type;
    std::string_view ending; ///< of a file's name
    std::string (*make)(const Ink& ink);
};

http::Response file_answer(const Exchange& exchange, const Form& form, std::string etag,
                           std::string body) {
    return {
        .status = 200,
        .content_type = std::string(form.media_type),
        .body = std::move(body),
        .headers = {{"Cache-Control", "no-store"},
                    {"ETag", std::move(etag)},
                    {"X-Content-Type-Options", "nosniff"},
                    {"Content-Disposition", std::format(R"(attachment; filename="{}.{}")",
                                                        to_string(exchange.id()), form.ending)}}};
}

asio::awaitable<Answer> get_form(Exchange& exchange, const Form& form) {
    const auto seen = co_await http::look_recorded(
        exchange,
        audit::answered_by(exchange, sql::vr::get_canvas_keys, exchange.id(), exchange.user_id()));
    if (!seen) {
        co_return std::unexpected(seen.error());
    }
    std::string etag = http::etag_of(std::format("{} {}", form.name, to_string(exchange.id())));
    if (http::has_already(exchange.request, etag)) {
        co_return file_answer(exchange, form, std::move(etag), {});
    }
    http::Services& services = exchange.services;
    const auto place = co_await services.canvases.place();
    if (!place) {
        co_return std::unexpected(http::unavailable(try_again_after));
    }
    const auto rows = co_await exchange.query(sql::vr::get_ink, exchange.id(), exchange.user_id());
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    if (rows->empty()) {
        co_return std::unexpected(http::not_found());
    }
    const store::Row row = rows->front();
    auto made = co_await services.object_workers.run([&]() -> std::optional<std::string> {
        const auto ink = ink_of(row);
        return ink ? std::optional(form.make(*ink)) : std::nullopt;
    });
    if (!made || !*made) {
        co_return std::unexpected(http::unavailable(try_again_after));
    }
    std::string& body = **made;
    if (auto room = co_await exchange.take_room(services.file_budget, body.size()); !room) {
        co_return std::unexpected(std::move(room.error()));
    }
    co_return file_answer(exchange, form, std::move(etag), std::move(body));
}

constexpr Form model{
    .name = "model 1",
    .media_type = "model/gltf-binary",
    .ending = "glb",
    .make = [](const Ink& ink) { return canvas::model_of(ink.left, ink.right).glb; }};

constexpr Form view{.name = "view 1",
                    .media_type = "image/svg+xml",
                    .ending = "svg",
                    .make = [](const Ink& ink) { return canvas::view_of(ink.left, ink.right); }};

} // namespace

asio::awaitable<Answer> get_model(Exchange& exchange) {
    return get_form(exchange, model);
}

asio::awaitable<Answer> get_view(Exchange& exchange) {
    return get_form(exchange, view);
}

} // namespace haven::vr
