#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace haven::http {

/// How much of the room may be held at once, in bytes. Who holds nothing yet may take more than a
/// share, so that one large request is always possible.
struct RoomShares {
    static constexpr std::size_t no_bound = std::numeric_limits<std::size_t>::max();
    struct Kind {
        std::size_t together = no_bound;
        std::size_t of_identity = no_bound;
        std::size_t of_network = no_bound;
        std::size_t of_strangers = no_bound; ///< all who have no identity, together
    };
    std::size_t small_bytes_max = 0; ///< a lease of at most this is a small one
    Kind small;
    Kind large;

    /// So that one account, one address, and large requests all together leave room for others.
    [[nodiscard]] static RoomShares of(std::size_t bytes_max);
};

/// Who asks for room. Who has no identity is a stranger.
struct RoomHolder {
    std::string identity;
    std::string network;
    const void* connection = nullptr;
};

/// A bound on the sum of what requests hold in memory. Who finds no room waits in line without
/// reading, so TCP holds the rest back on the sender's side. Small requests and large ones wait in
/// lines of their own; in each, first who holds least, then who came first. Nobody is overtaken for
/// want of room during `alone_max`, so that a large body does not wait for ever behind smaller
/// ones; after it what fits goes past, so that others do not wait for ever behind a large one. Who
/// waits for their own share holds nobody up. One thread: that of the executor.
class ByteBudget {
  public:
    using Holder = RoomHolder;
    static constexpr std::chrono::milliseconds alone_max{3'000};

    ByteBudget(boost::asio::any_io_executor executor, std::size_t bytes_max,
               const RoomShares& shares = {});

    /// Room; given back when it goes.
    class Lease {
      public:
        Lease(Lease&& other) noexcept;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Lease& operator=(Lease&&) = delete;
        ~Lease();

        [[nodiscard]] std::size_t bytes() const { return bytes_; }
        void shrink_to(std::size_t bytes);

      private:
        friend class ByteBudget;
        Lease(ByteBudget& budget, std::size_t bytes, bool small, Holder holder);

        ByteBudget* budget_;
        std::size_t bytes_;
        bool small_;
        Holder holder_;
    };

    /// Nothing when there was no room within `wait_max`, or ever (more than the whole budget).
    /// Nobody may hold a lease and wait for another: what a request needs is asked for at once.
    [[nodiscard]] boost::asio::awaitable<std::optional<Lease>>
    acquire(std::size_t bytes, std::chrono::milliseconds wait_max, Holder holder = {});

    /// Room at once, or nothing: for what is in memory already and must not wait there.
    [[nodiscard]] std::optional<Lease> try_acquire(std::size_t bytes, Holder holder);

    /// Who waits through this connection waits no longer: it gets nothing.
    void give_up(const void* connection);

    [[nodiscard]] std::size_t bytes_in_use() const { return bytes_in_use_; }
    [[nodiscard]] std::size_t bytes_max() const { return bytes_max_; }
    [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

  private:
    struct Waiter {
        std::size_t bytes;
        boost::asio::steady_timer woken;
        Holder holder;
        bool granted = false;
        bool given_up = false;
        bool lets_pass = false; ///< it has held others up for as long as it may
    };
    /// What small leases, or large ones, hold.
    struct Held {
        std::size_t together = 0;
        std::size_t of_strangers = 0;
        std::unordered_map<std::string, std::size_t> by_identity;
        std::unordered_map<std::string, std::size_t> by_network;
    };

    [[nodiscard]] bool is_small(std::size_t bytes) const {
        return bytes <= shares_.small_bytes_max;
    }
    [[nodiscard]] bool within_shares(std::size_t bytes, const Holder& holder) const;
    [[nodiscard]] bool has_room(std::size_t bytes) const;
    [[nodiscard]] Waiter* next_waiter(bool small);
    void take(std::size_t bytes, bool small, const Holder& holder);
    void give_back(std::size_t bytes, bool small, const Holder& holder) noexcept;
    void admit_waiters() noexcept;

    boost::asio::any_io_executor executor_;
    std::size_t bytes_max_;
    RoomShares shares_;
    std::size_t bytes_in_use_ = 0;
    std::array<Held, 2> held_;  ///< by large ones, by small ones
    std::list<Waiter> waiters_; ///< at most one a connection
};

} // namespace haven::http
