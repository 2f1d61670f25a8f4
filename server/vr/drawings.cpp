#include "server/vr/drawings.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/canvas/canvas.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/paging.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/write.hpp"
#include "server/log.hpp"
#include "server/objects/object_store.hpp"
#include "server/store/database.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/vr/rules.hpp"

#include <haven/sql_exercises.hpp>
#include <haven/sql_vr.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
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

/// What a worker found in a body, and did.
struct Prepared {
    http::Digest digest{};
    std::int32_t stroke_count = 0;
    std::optional<CanvasKeys> keys; ///< of canvases that are stored now
};

Problem storage_problem(const std::string& what) {
    log::error("canvas_not_stored", {{"error", what}});
    return http::unavailable(std::chrono::seconds(5));
}

std::expected<void, Problem> store_canvases(objects::ObjectStore& objects, const Ink& ink,
                                            const CanvasKeys& keys) {
    using canvas::Sheet;
    const std::pair<Sheet, const std::string&> sheets[] = {
        {Sheet::left, keys.left}, {Sheet::right, keys.right}, {Sheet::combined, keys.combined}};
    for (const auto& [sheet, key] : sheets) {
        const auto picture = canvas::render(ink.left, ink.right, sheet);
        if (!picture) {
            return std::unexpected(storage_problem(picture.error()));
        }
        if (const auto put = objects.put(key, picture->png); !put) {
            return std::unexpected(storage_problem(put.error().message));
        }
    }
    return {};
}

/// On a worker: proves the ink, and draws it if it is new. The strokes live only here, so that
/// however many bodies wait, the memory of their strokes is that of the workers.
std::expected<Prepared, Problem> prepare(Exchange& exchange,
                                         const api::BilateralDrawingView& drawing, bool is_new) {
    auto ink = read_ink(drawing);
    if (!ink) {
        return std::unexpected(http::invalid_body(std::move(ink.error())));
    }
    Prepared prepared{.digest = http::digest_of(exchange.request.body),
                      .stroke_count = ink->stroke_count,
                      .keys = std::nullopt};
    if (is_new) {
        CanvasKeys keys = canvas_keys(exchange.user_id(), exchange.id(), prepared.digest);
        if (const auto stored = store_canvases(exchange.services.objects, *ink, keys); !stored) {
            return std::unexpected(stored.error());
        }
        prepared.keys = std::move(keys);
    }
    return prepared;
}

asio::awaitable<void> remove_canvases(Exchange& exchange, const CanvasKeys& keys) {
    const auto removed = co_await exchange.services.canvas_workers.run([&exchange, &keys] {
        bool all = true;
        for (const std::string& key : {keys.left, keys.right, keys.combined}) {
            all = exchange.services.objects.remove(key).has_value() && all;
        }
        return all;
    });
    if (!removed.value_or(false)) {
        log::warn("canvases_not_removed", {{"request_id", exchange.request.id}});
    }
}

store::Call write_of(const Exchange& exchange, const api::BilateralDrawingView& drawing,
                     const Prepared& prepared) {
    const auto key = [&](std::string CanvasKeys::* sheet) {
        return prepared.keys ? store::Param((*prepared.keys).*sheet) : store::Param(nullptr);
    };
    return store::call(sql::vr::put_drawing, exchange.id(), exchange.user_id(),
                       std::span<const std::byte>(prepared.digest), drawing.exercise_id,
                       drawing.vr_session_id, drawing.left_hand_strokes_json,
                       drawing.right_hand_strokes_json, drawing.symmetry_enabled,
                       prepared.stroke_count, drawing.duration_seconds, key(&CanvasKeys::left),
                       key(&CanvasKeys::right), key(&CanvasKeys::combined));
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
        co_return std::unexpected(http::invalid_body(drawing.error()));
    }
    const auto found = co_await exchange.services.database.query(
        sql::vr::drawing_is_new, exchange.id(), exchange.user_id(), drawing->exercise_id,
        drawing->vr_session_id);
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    const bool is_new = found->front().get<bool>("is_new");
    const auto prepared = co_await exchange.services.canvas_workers.run(
        [&exchange, &drawing, is_new] { return prepare(exchange, *drawing, is_new); });
    if (!prepared) {
        co_return std::unexpected(http::unavailable(std::chrono::seconds(5)));
    }
    if (!*prepared) {
        co_return std::unexpected(prepared->error());
    }
    Answer answer = co_await http::write_once(exchange, write_of(exchange, *drawing, **prepared));
    const bool refused = !answer && http::status(answer.error().type) < 500;
    if (refused && (*prepared)->keys) {
        co_await remove_canvases(exchange, *(*prepared)->keys); // another write came first
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
    const std::string& sheet = exchange.request.parameters.at(0);
    const char* const column = sheet == "left"       ? "canvas_1_minio_key"
                               : sheet == "right"    ? "canvas_2_minio_key"
                               : sheet == "combined" ? "combined_minio_key"
                                                     : nullptr;
    if (column == nullptr) {
        co_return std::unexpected(http::not_found());
    }
    const auto rows = co_await http::look_once(
        exchange, store::call(sql::vr::get_canvas_keys, exchange.id(), exchange.user_id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    const auto key = rows->front().get<std::optional<std::string>>(column);
    if (!key) {
        co_return std::unexpected(http::not_found());
    }
    const auto picture = co_await exchange.services.canvas_workers.run(
        [&objects = exchange.services.objects, &key] { return objects.get(*key); });
    if (!picture || !*picture) {
        log::error("canvas_not_read", {{"request_id", exchange.request.id}});
        co_return std::unexpected(http::unavailable(std::chrono::seconds(5)));
    }
    const std::vector<std::byte>& png = **picture;
    co_return http::Response{.status = 200,
                             .content_type = "image/png",
                             .body =
                                 std::string(reinterpret_cast<const char*>(png.data()), png.size()),
                             .headers = {{"Cache-Control", "no-store"}}};
}

} // namespace haven::vr
