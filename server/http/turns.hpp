#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

namespace haven::http {

/// Whose turn it is at work that strangers may ask for. Networks have their turns one after the
/// other: the second request of a network waits until all others that wait have had one. The line
/// is bounded: where it is full, a newcomer takes the place of the one whose turn would be the
/// latest, if that is later than theirs. One thread: that of the executor.
class Turns {
  public:
    struct Bounds {
        std::size_t taken = 1;                   ///< at once
        std::size_t waiting = 1;                 ///< for one
        std::chrono::milliseconds wait_max = {}; ///< in the line
    };

    Turns(boost::asio::any_io_executor executor, const Bounds& bounds);

    /// Over when it goes.
    class Turn {
      public:
        Turn() = default; ///< nobody's
        Turn(Turn&& other) noexcept;
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        Turn& operator=(Turn&&) = delete;
        ~Turn();

      private:
        friend class Turns;
        explicit Turn(Turns& turns) : turns_(&turns) {}
        Turns* turns_ = nullptr;
    };

    /// Nothing where the line was full, or too long for `wait_max`. Who has a turn asks for no
    /// other.
    [[nodiscard]] boost::asio::awaitable<std::optional<Turn>> take(std::string network);

    [[nodiscard]] std::size_t taken() const { return taken_; }
    [[nodiscard]] std::size_t waiting() const;

  private:
    enum class State : std::uint8_t { waits, granted, displaced };
    struct Waiter {
        std::string network;
        std::uint64_t round; ///< the least one is next
        boost::asio::steady_timer woken;
        State state = State::waits;
    };

    [[nodiscard]] std::uint64_t round_of(const std::string& network) const;
    /// Whether there is a place in the line for this round.
    [[nodiscard]] bool make_place(std::uint64_t round);
    void let_in();

    boost::asio::any_io_executor executor_;
    Bounds bounds_;
    std::size_t taken_ = 0;
    std::uint64_t round_ = 0; ///< of the turn taken last
    std::list<Waiter> waiters_;
};

} // namespace haven::http
