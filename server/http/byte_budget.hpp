#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>

namespace haven::http {

/// A bound on the sum of request bodies in memory. Who finds no room waits in line without reading,
/// so TCP holds the rest back on the sender's side. First come, first served: a large body is not
/// overtaken for ever by small ones. One thread: that of the executor.
class ByteBudget {
  public:
    ByteBudget(boost::asio::any_io_executor executor, std::size_t bytes_max);

    /// Room for a body; given back when it goes.
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
        Lease(ByteBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {}

        ByteBudget* budget_;
        std::size_t bytes_;
    };

    /// Nothing when there was no room within `wait_max`, or ever (more than the whole budget).
    [[nodiscard]] boost::asio::awaitable<std::optional<Lease>>
    acquire(std::size_t bytes, std::chrono::milliseconds wait_max);

    [[nodiscard]] std::size_t bytes_in_use() const { return bytes_in_use_; }
    [[nodiscard]] std::size_t bytes_max() const { return bytes_max_; }
    [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

  private:
    struct Waiter {
        std::size_t bytes;
        boost::asio::steady_timer woken;
        bool granted = false;
    };

    void give_back(std::size_t bytes);
    void admit_waiters();

    boost::asio::any_io_executor executor_;
    std::size_t bytes_max_;
    std::size_t bytes_in_use_ = 0;
    std::list<Waiter> waiters_; ///< at most one a connection
};

} // namespace haven::http
