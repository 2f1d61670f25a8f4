#include "server/vr/canvases.hpp"

#include "bilateral/stroke.hpp"
#include "server/canvas/canvas.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/problem.hpp"
#include "server/http/thread_priority.hpp"
#include "server/http/worker_pool.hpp"
#include "server/log.hpp"
#include "server/objects/object_store.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"
#include "server/vr/rules.hpp"

#include <haven/sql_vr.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::vr {

namespace asio = boost::asio;
using canvas::Sheet;
using http::Problem;
using objects::ObjectErrorKind;
using namespace std::chrono_literals;

namespace {

using Png = std::vector<std::byte>;
using MaybeText = std::optional<std::string>;

constexpr std::size_t pictures_for_who_waits_max = 2;
constexpr auto calm_after = 250ms; ///< since the last drawing was stored
constexpr auto calm_wait_max = 2s; ///< under load there is still a sheet in this time
constexpr auto look_again_after = 10min;
constexpr std::int32_t looked_at_together = 200; ///< drawings

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

struct SheetName {
    Sheet sheet;
    std::string_view name;
    const char* column;
};
constexpr std::array sheet_names = std::to_array<SheetName>({
    {Sheet::left, "left", "canvas_1_minio_key"},
    {Sheet::right, "right", "canvas_2_minio_key"},
    {Sheet::combined, "combined", "combined_minio_key"},
});

struct SheetKey {
    Sheet sheet = Sheet::left;
    std::string key;
};

std::vector<SheetKey> keys_of(const store::Row& row) {
    std::vector<SheetKey> keys;
    for (const SheetName& one : sheet_names) {
        if (auto key = row.get<MaybeText>(one.column)) {
            keys.push_back({one.sheet, std::move(*key)});
        }
    }
    return keys;
}

/// On a worker. What cannot be looked at counts as there: it is not drawn over and over.
bool is_stored(objects::ObjectStore& objects, const std::string& key) {
    const auto found = objects.exists(key);
    if (!found) {
        log::error("canvas_not_looked_at", {{"error", found.error().message}});
    }
    return found.value_or(true);
}

/// On a worker.
std::optional<Png> draw_and_store(objects::ObjectStore& objects, const Ink& ink, Sheet sheet,
                                  const std::string& key) {
    auto picture = canvas::render(ink.left, ink.right, sheet);
    if (!picture) {
        log::error("canvas_not_drawn", {{"error", picture.error()}});
        return std::nullopt;
    }
    if (const auto put = objects.put(key, picture->png); !put) {
        log::error("canvas_not_stored", {{"error", put.error().message}});
        return std::nullopt;
    }
    return std::move(picture->png);
}

} // namespace

const char* key_column(Sheet sheet) {
    return std::ranges::find(sheet_names, sheet, &SheetName::sheet)->column;
}

std::optional<Ink> ink_of(const store::Row& row) {
    auto ink = read_ink(row.get<MaybeText>("left_hand_strokes").value_or(""),
                        row.get<MaybeText>("right_hand_strokes").value_or(""));
    if (!ink) {
        log::error("stored_ink_not_read", {{"pointer", ink.error().front().pointer}});
        return std::nullopt;
    }
    return std::move(*ink);
}

std::optional<Sheet> sheet_named(std::string_view name) {
    const auto* const found = std::ranges::find(sheet_names, name, &SheetName::name);
    return found == sheet_names.end() ? std::nullopt : std::optional(found->sheet);
}

Canvases::Canvases(const asio::any_io_executor& executor, store::Database& database,
                   objects::ObjectStore& objects, http::WorkerPool& workers)
    : database_(database), objects_(objects), workers_(workers),
      places_(executor, pictures_for_who_waits_max), wake_(executor) {}

void Canvases::draw_soon(const Uuid& drawing_id, const Uuid& user_id) {
    last_write_ = Clock::now();
    if (wanted_.size() >= waiting_max) {
        undrawn_ = true;
        return;
    }
    wanted_.push_back({drawing_id, user_id});
    wake_.cancel();
}

asio::awaitable<std::optional<http::ByteBudget::Lease>> Canvases::place() {
    return places_.acquire(1, 20s);
}

asio::awaitable<std::expected<Png, Problem>> Canvases::picture(const store::Actor& actor,
                                                               const Uuid& drawing_id,
                                                               const Uuid& user_id, Sheet sheet,
                                                               const std::string& key) {
    const auto read = [this, &key] { return objects_.get(key); };
    const auto is_undrawn = [](const auto& found) {
        return found && (*found ? !canvas::is_of_size(**found)
                                : found->error().kind == ObjectErrorKind::not_found);
    };
    auto stored = co_await workers_.run(read);
    if (is_undrawn(stored)) {
        const auto place = co_await this->place();
        if (!place) {
            co_return std::unexpected(http::unavailable(5s));
        }
        stored = co_await workers_.run(read); // who had the place before may have drawn it
        if (is_undrawn(stored)) {
            co_return co_await draw_now(actor, {.drawing_id = drawing_id, .user_id = user_id},
                                        sheet, key);
        }
    }
    if (!stored || !*stored) {
        if (stored) {
            log::error("canvas_not_read", {{"error", stored->error().message}});
        }
        co_return std::unexpected(http::unavailable(5s));
    }
    co_return std::move(**stored);
}

asio::awaitable<std::expected<Png, Problem>>
Canvases::draw_now(const store::Actor& actor, Wanted wanted, Sheet sheet, const std::string& key) {
    const auto rows =
        co_await database_.query_as(actor, sql::vr::get_ink, wanted.drawing_id, wanted.user_id);
    if (!rows) {
        log::warn("canvas_not_drawn", {{"error", store::describe(rows.error())}});
        co_return std::unexpected(http::unavailable(2s));
    }
    if (rows->empty()) {
        co_return std::unexpected(http::not_found());
    }
    const store::Row row = rows->front();
    auto png = co_await workers_.run([this, &row, sheet, &key]() -> std::optional<Png> {
        const auto ink = ink_of(row);
        return ink ? draw_and_store(objects_, *ink, sheet, key) : std::nullopt;
    });
    if (!png || !*png) {
        co_return std::unexpected(http::unavailable(5s));
    }
    if (!co_await keep_if_owned(actor, wanted, {key})) {
        co_return std::unexpected(http::not_found());
    }
    co_return std::move(**png);
}

/// A drawing that was erased while its canvas was drawn takes the canvas with it.
asio::awaitable<bool> Canvases::keep_if_owned(const store::Actor& actor, Wanted wanted,
                                              std::vector<std::string> keys) {
    const auto found = co_await database_.query_as(actor, sql::vr::drawing_exists,
                                                   wanted.drawing_id, wanted.user_id);
    if (found && found->front().get<bool>("found")) {
        co_return true;
    }
    // Without an answer they go as well: a canvas can be drawn again.
    const auto removed = co_await workers_.run([this, &keys] {
        return std::ranges::all_of(
            keys, [this](const std::string& key) { return objects_.remove(key).has_value(); });
    });
    if (!removed.value_or(false)) {
        log::error("canvases_not_removed", {{"drawing_id", to_string(wanted.drawing_id)}});
    }
    co_return false;
}

asio::awaitable<void> Canvases::run() {
    while (!stopping_) {
        co_await draw_waiting();
        if (undrawn_ && Clock::now() >= next_look_) {
            undrawn_ = false;
            try {
                co_await look_for_undrawn();
            } catch (const std::exception& failure) {
                log::error("drawings_not_looked_through", {{"error", failure.what()}});
                undrawn_ = true;
            }
            next_look_ = Clock::now() + look_again_after;
        }
        if (!stopping_ && wanted_.empty()) {
            wake_.expires_after(look_again_after);
            (void)co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

asio::awaitable<void> Canvases::draw_waiting() {
    while (!stopping_ && !wanted_.empty()) {
        const Wanted next = wanted_.front();
        wanted_.pop_front();
        if (!co_await draw_as_it_goes(next)) {
            undrawn_ = true;
        }
    }
}

/// A row that nobody foresaw keeps its own canvases from being drawn, and no others.
asio::awaitable<bool> Canvases::draw_as_it_goes(Wanted wanted) {
    try {
        co_return co_await draw(wanted);
    } catch (const std::exception& failure) {
        log::error("canvas_not_drawn",
                   {{"drawing_id", to_string(wanted.drawing_id)}, {"error", failure.what()}});
        co_return false;
    }
}

/// All drawings, in turn with those that come in meanwhile.
asio::awaitable<void> Canvases::look_for_undrawn() {
    std::optional<Uuid> last;
    while (!stopping_) {
        const auto rows = co_await database_.query_as(own_work, sql::vr::list_canvas_keys, last,
                                                      looked_at_together);
        if (!rows) {
            log::warn("drawings_not_listed", {{"error", store::describe(rows.error())}});
            undrawn_ = true;
            co_return;
        }
        const auto missing = co_await painter_.run([this, &rows] {
            std::vector<Wanted> found;
            for (const store::Row row : *rows) {
                if (!std::ranges::all_of(keys_of(row), [this](const SheetKey& one) {
                        return is_stored(objects_, one.key);
                    })) {
                    found.push_back({row.get<Uuid>("id"), row.get<Uuid>("user_id")});
                }
            }
            return found;
        });
        for (const Wanted& one : missing.value_or(std::vector<Wanted>{})) {
            if (stopping_) {
                co_return;
            }
            if (!co_await draw_as_it_goes(one)) {
                undrawn_ = true;
            }
        }
        if (rows->size() < looked_at_together) {
            co_return;
        }
        last = (*rows)[rows->size() - 1].get<Uuid>("id");
        co_await draw_waiting();
    }
}

/// True when nothing of the drawing is left to draw.
asio::awaitable<bool> Canvases::draw(Wanted wanted) {
    co_await calm();
    const auto rows =
        co_await database_.query_as(own_work, sql::vr::get_ink, wanted.drawing_id, wanted.user_id);
    if (!rows) {
        log::warn("canvas_not_drawn", {{"error", store::describe(rows.error())}});
        co_return false;
    }
    if (rows->empty()) {
        co_return true;
    }
    const store::Row row = rows->front();
    std::vector<SheetKey> missing = keys_of(row);
    const auto ink = co_await painter_.run([this, &row, &missing]() -> std::optional<Ink> {
        http::take_niceness(http::Niceness::all);
        std::erase_if(missing,
                      [this](const SheetKey& one) { return is_stored(objects_, one.key); });
        return missing.empty() ? std::optional<Ink>{Ink{}} : ink_of(row);
    });
    if (!ink || !*ink) {
        co_return false;
    }
    std::vector<std::string> stored;
    for (const auto& [sheet, key] : missing) {
        co_await calm();
        if (stopping_) {
            break;
        }
        const auto png = co_await painter_.run(
            [this, &ink, &sheet, &key] { return draw_and_store(objects_, **ink, sheet, key); });
        if (png && *png) {
            stored.push_back(key);
        }
    }
    const bool all = stored.size() == missing.size();
    const bool some = !stored.empty();
    const bool kept = !some || co_await keep_if_owned(own_work, wanted, std::move(stored));
    if (all && some && kept) {
        const auto told =
            co_await database_.query_as(own_work, sql::vr::tell_canvases, wanted.drawing_id);
        if (!told) {
            log::warn("canvases_not_told", {{"error", store::describe(told.error())}});
        }
    }
    co_return (all && kept);
}

/// Until nobody else has work for the server, or for long enough.
asio::awaitable<void> Canvases::calm() {
    const auto latest = Clock::now() + calm_wait_max;
    asio::steady_timer timer(wake_.get_executor());
    while (!stopping_ && Clock::now() < latest &&
           (workers_.unfinished() > 0 || Clock::now() < last_write_ + calm_after)) {
        timer.expires_after(50ms);
        (void)co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void Canvases::stop() {
    stopping_ = true;
    wake_.cancel();
}

void Canvases::end() {
    painter_.end();
}

} // namespace haven::vr
