#include "server/vr/drawings.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/error_code.hpp"
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/audit/audit.hpp"
#include "server/canvas/canvas.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/etag.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/rows.hpp"
#include "server/vr/canvases.hpp"
#include "server/vr/rules.hpp"

#include <haven/sql_vr.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::vr {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Problem;

namespace {

/// What a worker found in a body.
struct Proved {
    http::Digest received{}; ///< of the body's bytes as they came: told in the receipt
    http::Digest meaning{}; ///< of what it says, however it is spelled: the same again is a success
    std::int32_t stroke_count = 0;
};

enum class Spelling : std::uint8_t { any, the_one };

/// The digest of what a hand's ink says, as JSON: an object that stands for it.
std::expected<std::string, Problem> stand_in(std::string_view ink, Spelling spelling,
                                             std::string_view pointer) {
    const auto digest =
        spelling == Spelling::the_one ? http::digest_of(ink) : http::digest_of_json(ink);
    if (!digest) {
        return std::unexpected(http::unreadable(digest.error(), pointer));
    }
    return std::format(R"({{"sha256":"{}"}})", http::hexadecimal(*digest));
}

/// Of the whole drawing.
std::expected<http::Digest, Problem> meaning_of(const api::BilateralDrawingView& drawing,
                                                Spelling spelling) {
    auto left = stand_in(drawing.left_hand_strokes_json, spelling, "/left_hand_strokes");
    if (!left) {
        return std::unexpected(std::move(left.error()));
    }
    auto right = stand_in(drawing.right_hand_strokes_json, spelling, "/right_hand_strokes");
    if (!right) {
        return std::unexpected(std::move(right.error()));
    }
    return http::digest_of(
        api::encode(api::BilateralDrawing{.exercise_id = drawing.exercise_id,
                                          .vr_session_id = drawing.vr_session_id,
                                          .left_hand_strokes_json = std::move(*left),
                                          .right_hand_strokes_json = std::move(*right),
                                          .symmetry_enabled = drawing.symmetry_enabled,
                                          .duration_seconds = drawing.duration_seconds}));
}

/// On a worker. The strokes live only here, so that however many bodies wait, the memory of their
/// strokes is that of the workers.
std::expected<Proved, Problem> prove(const api::BilateralDrawingView& drawing,
                                     std::string_view body) {
    const std::optional<Ink> written = read_written_ink(drawing);
    const auto meaning = meaning_of(drawing, written ? Spelling::the_one : Spelling::any);
    if (!meaning) {
        return std::unexpected(meaning.error());
    }
    Proved proved{.received = http::digest_of(body), .meaning = *meaning};
    if (written) {
        proved.stroke_count = written->stroke_count;
        return proved;
    }
    auto ink = read_ink(drawing);
    if (!ink) {
        return std::unexpected(http::invalid_body(std::move(ink.error())));
    }
    proved.stroke_count = ink->stroke_count;
    return proved;
}

/// What is wrong with a body that is no drawing: that it is no JSON, before what it does not say.
asio::awaitable<Problem> fault_of(Exchange& exchange, std::vector<api::BodyError> errors) {
    const auto fault = co_await exchange.services.object_workers.run(
        [&body = exchange.request.body] { return api::json_fault(body); });
    if (!fault) {
        co_return http::unavailable(std::chrono::seconds(5));
    }
    co_return *fault ? http::unreadable(**fault) : http::invalid_body(std::move(errors));
}

/// What the statement found and did. A success is a receipt for the body.
Answer answer_of(const store::Row& outcome, const Uuid& id, const http::Digest& received) {
    const auto status = outcome.get<std::int32_t>("status");
    switch (status) {
    case 200:
    case 201:
        return http::json(
            status, api::encode(api::Receipt{.id = id, .sha256 = http::hexadecimal(received)}));
    case 404:
        return std::unexpected(http::not_found());
    case 409:
        return std::unexpected(http::conflict());
    case 410:
        return std::unexpected(http::gone());
    case 422:
        return std::unexpected(
            http::invalid_body({{.pointer = outcome.get<std::string>("pointer"),
                                 .code = api::ErrorCode::no_such_resource,
                                 .detail = "There is no such resource, or none of yours."}}));
    default:
        throw store::BadRow(std::format("a drawing was answered with the status {}", status));
    }
}

/// The call looks at what it is made of: the drawing, what was proved and the keys.
audit::Recorded write_of(Exchange& exchange, const api::BilateralDrawingView& drawing,
                         const Proved& proved, const CanvasKeys& keys) {
    return audit::answered_by(exchange, sql::vr::put_drawing, exchange.id(), exchange.user_id(),
                              std::span<const std::byte>(proved.received), drawing.exercise_id,
                              drawing.vr_session_id, drawing.left_hand_strokes_json,
                              drawing.right_hand_strokes_json, drawing.symmetry_enabled,
                              proved.stroke_count, drawing.duration_seconds, keys.left, keys.right,
                              keys.combined, std::span<const std::byte>(proved.meaning));
}

/// Lock the id, write, record: one transaction, one round trip.
asio::awaitable<Answer> write(Exchange& exchange, const api::BilateralDrawingView& drawing,
                              const Proved& proved) {
    const CanvasKeys keys = canvas_keys(exchange.user_id(), exchange.id(), proved.received);
    const auto rows =
        co_await http::write_recorded(exchange, write_of(exchange, drawing, proved, keys),
                                      std::vector{audit::lock_id(exchange.id())});
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return answer_of(rows->front(), exchange.id(), proved.received);
}

} // namespace

asio::awaitable<Answer> put_drawing(Exchange& exchange) {
    const auto drawing = api::decode_bilateral_drawing_view(exchange.request.body);
    if (!drawing) {
        co_return std::unexpected(co_await fault_of(exchange, drawing.error()));
    }
    const auto proved = co_await exchange.services.object_workers.run(
        [&exchange, &drawing] { return prove(*drawing, exchange.request.body); });
    if (!proved) {
        co_return std::unexpected(http::unavailable(std::chrono::seconds(5)));
    }
    if (!*proved) {
        co_return std::unexpected(proved->error());
    }
    Answer answer = co_await write(exchange, *drawing, **proved);
    if (answer && answer->status == 201) {
        exchange.services.canvases.draw_soon(exchange.id(), exchange.user_id());
    }
    co_return answer;
}

asio::awaitable<Answer> get_canvas(Exchange& exchange) {
    const std::string name = exchange.request.parameters.at(0);
    const bool is_thumbnail = name == "thumbnail";
    const auto sheet = is_thumbnail ? std::optional(canvas::Sheet::combined) : sheet_named(name);
    if (!sheet) {
        co_return std::unexpected(http::not_found());
    }
    const auto rows = co_await http::look_recorded(
        exchange,
        audit::answered_by(exchange, sql::vr::get_canvas_keys, exchange.id(), exchange.user_id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    const auto key = rows->front().get<std::optional<std::string>>(key_column(*sheet));
    if (!key) {
        co_return std::unexpected(http::not_found());
    }
    http::Response answer{
        .status = 200,
        .content_type = "image/png",
        .headers = {{"Cache-Control", "no-store"},
                    {"ETag", http::etag_of(std::format("canvas 2 {} {}", name, *key))}}};
    if (http::has_already(exchange.request, answer.headers.back().second)) {
        co_return answer;
    }
    auto png = co_await exchange.services.canvases.picture(
        exchange.request.principal->actor, exchange.id(), exchange.user_id(), *sheet, *key);
    if (!png) {
        co_return std::unexpected(png.error());
    }
    if (is_thumbnail) {
        auto small = co_await exchange.services.object_workers.run(
            [&png] { return canvas::thumbnail_of(*png); });
        if (!small || !*small) {
            if (small) {
                log::error("thumbnail_not_made", {{"error", small->error()}});
            }
            co_return std::unexpected(http::unavailable(std::chrono::seconds(5)));
        }
        *png = std::move(**small);
    }
    answer.body.assign(reinterpret_cast<const char*>(png->data()), png->size());
    co_return answer;
}

} // namespace haven::vr
