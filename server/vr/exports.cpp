#include "server/vr/exports.hpp"

#include "bilateral/stroke.hpp"
#include "server/artifacts/files.hpp"
#include "server/audit/audit.hpp"
#include "server/canvas/model.hpp"
#include "server/canvas/view.hpp"
#include "server/http/application.hpp"
#include "server/http/etag.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/streamed_body.hpp"
#include "server/http/worker_pool.hpp"
#include "server/log.hpp"
#include "server/store/rows.hpp"
#include "server/vr/canvases.hpp"
#include "server/vr/rules.hpp"
#include "server/vr/trace_rows.hpp"

#include <haven/sql_vr.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <stdexcept>
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
    std::string_view ending;                       ///< of a file's name
    std::string (*make)(const Ink& ink) = nullptr; ///< nothing: it is no ink's
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

constexpr Form table{.name = "trace 1", .media_type = "text/csv", .ending = "csv"};

/// The rows of a trace, as fast as they are taken. The first piece is there already.
class Table final : public http::StreamedBody {
  public:
    Table(http::WorkerPool& workers, const asio::any_io_executor& executor, TraceRows rows,
          std::string first)
        : workers_(workers), later_(executor), rows_(std::move(rows)), first_(std::move(first)) {}

    asio::awaitable<std::optional<std::string>> next() override {
        if (!first_.empty()) {
            co_return std::exchange(first_, {});
        }
        auto piece = co_await workers_.run([this] { return rows_.next(); });
        if (!piece) { // they have too much to do
            later_.expires_after(busy_wait);
            (void)co_await later_.async_wait(asio::as_tuple(asio::use_awaitable));
            co_return "";
        }
        if (!*piece) { // an answer without its end is seen to be none
            throw std::runtime_error("a stored trace: " + piece->error());
        }
        co_return std::move(**piece);
    }

  private:
    static constexpr std::chrono::milliseconds busy_wait{50};
    http::WorkerPool& workers_;
    asio::steady_timer later_;
    TraceRows rows_;
    std::string first_;
};

} // namespace

asio::awaitable<Answer> get_model(Exchange& exchange) {
    return get_form(exchange, model);
}

asio::awaitable<Answer> get_view(Exchange& exchange) {
    return get_form(exchange, view);
}

asio::awaitable<Answer> get_trace_table(Exchange& exchange) {
    const auto seen = co_await http::look_recorded(
        exchange,
        audit::answered_by(exchange, sql::vr::get_trace_file, exchange.id(), exchange.user_id()));
    if (!seen) {
        co_return std::unexpected(seen.error());
    }
    const store::Row row = seen->front();
    const auto artifact_id = row.get<Uuid>("artifact_id");
    std::string etag = http::etag_of(std::format("{} {}", table.name, to_string(artifact_id)));
    if (http::has_already(exchange.request, etag)) {
        co_return file_answer(exchange, table, std::move(etag), {});
    }
    artifacts::StoredFile file{
        .artifact_id = artifact_id,
        .object_key = row.get<std::string>("object_key"),
        .sha256_base64 = row.get<std::optional<std::string>>("content_sha256").value_or(""),
        .encryption_key_id = row.get<std::optional<Uuid>>("encryption_key_id"),
        .bytes = static_cast<std::size_t>(
            row.get<std::optional<std::int64_t>>("file_size_bytes").value_or(0))};
    auto trace = co_await artifacts::open_file(exchange, std::move(file));
    if (!trace) {
        co_return std::unexpected(std::move(trace.error()));
    }
    TraceRows rows(std::move(*trace));
    auto first = co_await exchange.services.object_workers.run([&rows] { return rows.next(); });
    if (!first) {
        co_return std::unexpected(http::unavailable(try_again_after));
    }
    if (!*first || !**first) {
        log::error("stored_trace_not_read",
                   {{"error", *first ? "it has no rows" : first->error()}});
        co_return std::unexpected(http::internal_error());
    }
    http::Response answer = file_answer(exchange, table, std::move(etag), {});
    answer.stream = std::make_shared<Table>(exchange.services.object_workers,
                                            co_await asio::this_coro::executor, std::move(rows),
                                            std::move(***first));
    co_return answer;
}

} // namespace haven::vr
