#include "server/vr/drawings.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/message.hpp"
#include "server/http/paging.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/write.hpp"
#include "server/store/database.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/vr/canvases.hpp"
#include "server/vr/rules.hpp"

#include <haven/sql_exercises.hpp>
#include <haven/sql_vr.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
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

/// Stored bytes of ink before the last drawing of a page; stored ink is compressed about four to
/// one.
constexpr std::int64_t page_ink_bytes_max = std::int64_t{2} << 20U;

/// What a worker found in a body.
struct Proved {
    http::Content content{};
    std::int32_t stroke_count = 0;
};

/// The digest of what a hand's ink says, as JSON: an object that stands for it.
std::expected<std::string, Problem> stand_in(std::string_view ink, std::string_view pointer) {
    const auto digest = http::digest_of_json(ink);
    if (!digest) {
        return std::unexpected(http::unreadable(digest.error(), pointer));
    }
    return std::format(R"({{"sha256":"{}"}})", http::hexadecimal(*digest));
}

/// Of the whole drawing.
std::expected<http::Digest, Problem> meaning_of(const api::BilateralDrawingView& drawing) {
    auto left = stand_in(drawing.left_hand_strokes_json, "/left_hand_strokes");
    if (!left) {
        return std::unexpected(std::move(left.error()));
    }
    auto right = stand_in(drawing.right_hand_strokes_json, "/right_hand_strokes");
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
    const auto meaning = meaning_of(drawing);
    if (!meaning) {
        return std::unexpected(meaning.error());
    }
    auto ink = read_ink(drawing);
    if (!ink) {
        return std::unexpected(http::invalid_body(std::move(ink.error())));
    }
    return Proved{.content = {.received = http::digest_of(body), .meaning = *meaning},
                  .stroke_count = ink->stroke_count};
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

/// The call looks at what it is made of: the drawing, what was proved and the keys.
store::Call write_of(const Exchange& exchange, const api::BilateralDrawingView& drawing,
                     const Proved& proved, const CanvasKeys& keys) {
    return store::call(sql::vr::put_drawing, exchange.id(), exchange.user_id(),
                       std::span<const std::byte>(proved.content.received), drawing.exercise_id,
                       drawing.vr_session_id, drawing.left_hand_strokes_json,
                       drawing.right_hand_strokes_json, drawing.symmetry_enabled,
                       proved.stroke_count, drawing.duration_seconds, keys.left, keys.right,
                       keys.combined, std::span<const std::byte>(proved.content.meaning));
}

} // namespace

api::StoredBilateralDrawing stored_drawing(const store::Row& row) {
    using OptionalText = std::optional<std::string>;
    return {.id = row.get<Uuid>("id"),
            .drawing = {.exercise_id = row.get<Uuid>("exercise_id"),
                        .vr_session_id = row.get<std::optional<Uuid>>("vr_session_id"),
                        .left_hand_strokes_json =
                            row.get<OptionalText>("left_hand_strokes").value_or("{}"),
                        .right_hand_strokes_json =
                            row.get<OptionalText>("right_hand_strokes").value_or("{}"),
                        .symmetry_enabled =
                            row.get<std::optional<bool>>("symmetry_enabled").value_or(true),
                        .duration_seconds =
                            row.get<std::optional<std::int32_t>>("duration_seconds").value_or(0)},
            .stroke_count = row.get<std::optional<std::int32_t>>("stroke_count").value_or(0),
            .created_at = row.get<std::int64_t>("created_at")};
}

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
    const http::Digest& received = (*proved)->content.received;
    const CanvasKeys keys = canvas_keys(exchange.user_id(), exchange.id(), received);
    Answer answer =
        co_await http::write_once(exchange, received, write_of(exchange, *drawing, **proved, keys));
    if (answer && answer->status == 201) {
        exchange.services.canvases.draw_soon(exchange.id(), exchange.user_id());
    }
    co_return answer;
}

asio::awaitable<Answer> get_drawing(Exchange& exchange) {
    const auto rows = co_await http::look_once(
        exchange, store::call(sql::vr::get_drawing, exchange.id(), exchange.user_id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::json(200, api::encode(stored_drawing(rows->front())));
}

asio::awaitable<Answer> list_drawings(Exchange& exchange) {
    auto page = http::read_page(exchange.request.head.query);
    if (!page) {
        co_return std::unexpected(page.error());
    }
    const auto rows = co_await http::list_below(
        exchange, store::call(sql::exercises::own_exercise, exchange.id(), exchange.user_id()),
        store::call(sql::vr::list_drawings, exchange.id(), exchange.user_id(), page->after_time(),
                    page->after_id(), page->items_max, page_ink_bytes_max));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    page->items_max = static_cast<std::int32_t>(
        std::ranges::count_if(rows->begin(), rows->end(),
                              [](const store::Row& row) { return row.get<bool>("on_page"); }));
    co_return http::page_of(*rows, *page, exchange.request.head.path, stored_drawing);
}

asio::awaitable<Answer> get_canvas(Exchange& exchange) {
    const auto sheet = sheet_named(exchange.request.parameters.at(0));
    if (!sheet) {
        co_return std::unexpected(http::not_found());
    }
    const auto rows = co_await http::look_once(
        exchange, store::call(sql::vr::get_canvas_keys, exchange.id(), exchange.user_id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    const auto key = rows->front().get<std::optional<std::string>>(key_column(*sheet));
    if (!key) {
        co_return std::unexpected(http::not_found());
    }
    const auto png = co_await exchange.services.canvases.picture(
        exchange.request.identity->actor, exchange.id(), exchange.user_id(), *sheet, *key);
    if (!png) {
        co_return std::unexpected(png.error());
    }
    co_return http::Response{
        .status = 200,
        .content_type = "image/png",
        .body = std::string(reinterpret_cast<const char*>(png->data()), png->size()),
        .headers = {{"Cache-Control", "no-store"}}};
}

} // namespace haven::vr
