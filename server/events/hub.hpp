#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/listener.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// Events: what happened, told to those who may know of it while they listen
/// (server/events/routines/events.sql).
namespace haven::events {

/// One who listens. A cursor into what is stored, and no queue: who reads slowly is only behind.
struct Audience {
    Audience(const boost::asio::any_io_executor& executor, store::Actor who, std::string hash,
             std::string of_network)
        : actor(std::move(who)), token_hash(std::move(hash)), network(std::move(of_network)),
          woken(executor) {}

    store::Actor actor;
    std::string token_hash; ///< in hexadecimal
    std::string network;
    Uuid place{};       ///< all up to here was told
    bool behind = true; ///< there may be something after it
    bool reading = false;
    bool ticked = false;             ///< a second is over
    std::string_view ended = {};     ///< why, once it is
    boost::asio::steady_timer woken; ///< cancelled when any of this changes
};

/// Gives what was committed its place in the order, and wakes those whom it may concern; each then
/// looks for itself, as who they are. Looks at once where it is woken, and every second. What has
/// ended a token ends its streams by then. On the I/O thread.
class Hub {
  public:
    enum class Refusal : std::uint8_t { of_bearer, of_network, in_all };

    /// `numbers`: also while nobody listens here, for webhooks.
    Hub(const boost::asio::any_io_executor& executor, store::Database& database,
        const http::Limits& limits, bool numbers);

    [[nodiscard]] boost::asio::awaitable<void> run();
    void wake();
    /// Every stream says so, and ends.
    void stop();

    /// Whether there is room for one more of theirs.
    [[nodiscard]] std::optional<Refusal> refusal(const store::Actor& actor,
                                                 std::string_view network) const;
    void add(const std::shared_ptr<Audience>& one);
    void remove(const std::shared_ptr<Audience>& one);

    /// The place of the newest event; nothing before it was looked.
    [[nodiscard]] const std::optional<Uuid>& newest() const { return newest_; }
    [[nodiscard]] std::chrono::milliseconds heartbeat() const { return limits_.heartbeat; }
    [[nodiscard]] std::size_t streams() const { return audience_.size(); }
    [[nodiscard]] store::Database& database() { return database_; }

  private:
    [[nodiscard]] boost::asio::awaitable<void> look();
    [[nodiscard]] boost::asio::awaitable<void> look_for_news();
    [[nodiscard]] boost::asio::awaitable<void> look_at_tokens();

    store::Database& database_;
    http::Limits limits_;
    bool numbers_;
    boost::asio::steady_timer timer_;
    std::list<std::shared_ptr<Audience>> audience_;
    std::optional<Uuid> newest_;
    std::chrono::steady_clock::time_point looked_at_tokens_;
    bool woken_ = false;
    bool stopping_ = false;
};

} // namespace haven::events
