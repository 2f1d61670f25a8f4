#pragma once

#include "bilateral/stroke.hpp"
#include "server/canvas/canvas.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/problem.hpp"
#include "server/http/worker_pool.hpp"
#include "server/objects/object_store.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/rows.hpp"
#include "server/vr/rules.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haven::vr {

/// Where bilateral_drawings keeps a sheet's key.
[[nodiscard]] const char* key_column(canvas::Sheet sheet);
/// On a worker. Nothing: the ink of the row cannot be read, which the log says.
[[nodiscard]] std::optional<Ink> ink_of(const store::Row& row);
/// left, right or combined.
[[nodiscard]] std::optional<canvas::Sheet> sheet_named(std::string_view name);

/// The pictures of the drawings. A drawing's row names the objects of its three canvases before
/// they are there: they are drawn from the row's ink, after the answer, or when somebody asks for
/// one. That an object exists says that it is drawn; so whatever ends the server, nothing is lost.
/// All calls on the I/O thread; what takes the processor runs on workers.
class Canvases {
  public:
    static constexpr std::size_t waiting_max = 4096;

    /// `workers` serve who waits; drawing ahead has a thread of its own, of the lowest priority.
    Canvases(const boost::asio::any_io_executor& executor, store::Database& database,
             objects::ObjectStore& objects, http::WorkerPool& workers);

    /// Soon, when the server has little else to do. What finds no room in the queue is found again
    /// later.
    void draw_soon(const Uuid& drawing_id, const Uuid& user_id);

    /// The PNG with this key, one of the drawing's: drawn now and stored if it is not there yet, or
    /// smaller than canvases are now.
    [[nodiscard]] boost::asio::awaitable<std::expected<std::vector<std::byte>, http::Problem>>
    picture(const store::Actor& actor, const Uuid& drawing_id, const Uuid& user_id,
            canvas::Sheet sheet, const std::string& key);

    /// A place among those who have a drawing's ink in memory at once; nothing: too many have.
    [[nodiscard]] boost::asio::awaitable<std::optional<http::ByteBudget::Lease>> place();

    /// Draws what waits, and first what an earlier server left undrawn; until it is stopped.
    [[nodiscard]] boost::asio::awaitable<void> run();
    /// No further sheet is begun.
    void stop();
    /// Waits for the sheet that is being drawn. After this nothing may be called.
    void end();

    [[nodiscard]] std::size_t waiting() const { return wanted_.size(); }

  private:
    using Clock = std::chrono::steady_clock;
    struct Wanted {
        Uuid drawing_id;
        Uuid user_id;
    };

    [[nodiscard]] boost::asio::awaitable<void> draw_waiting();
    [[nodiscard]] boost::asio::awaitable<void> look_for_undrawn();
    [[nodiscard]] boost::asio::awaitable<bool> draw(Wanted wanted);
    [[nodiscard]] boost::asio::awaitable<bool> draw_as_it_goes(Wanted wanted);
    [[nodiscard]] boost::asio::awaitable<std::expected<std::vector<std::byte>, http::Problem>>
    draw_now(const store::Actor& actor, Wanted wanted, canvas::Sheet sheet, const std::string& key);
    [[nodiscard]] boost::asio::awaitable<bool>
    keep_if_owned(const store::Actor& actor, Wanted wanted, std::vector<std::string> keys);
    [[nodiscard]] boost::asio::awaitable<void> calm();

    store::Database& database_;
    objects::ObjectStore& objects_;
    http::WorkerPool& workers_;
    http::WorkerPool painter_{1, 1};
    http::ByteBudget places_; ///< for who waits: each holds a drawing's ink in memory
    boost::asio::steady_timer wake_;
    std::deque<Wanted> wanted_;
    Clock::time_point last_write_;
    Clock::time_point next_look_; ///< no look for undrawn ones before
    bool undrawn_ = true;         ///< there may be drawings without canvases outside the queue
    bool stopping_ = false;
};

} // namespace haven::vr
