#pragma once

#include "server/http/thread_priority.hpp"
#include "server/http/turns.hpp"
#include "server/http/worker_pool.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace haven::http {

/// The threads that hash passwords: 25 ms and 19 MiB each time. Strangers ask for it, so they give
/// way to what comes from those who are in, and nobody hashes without a turn
/// (accounts::Attempts gives them).
class PasswordWorkers {
  public:
    PasswordWorkers(boost::asio::any_io_executor executor, std::size_t threads)
        // A few more than hash may ask the database meanwhile.
        : turns_(std::move(executor),
                 {.taken = threads + 2, .waiting = 256, .wait_max = std::chrono::seconds(10)}),
          threads_(threads, 2, Niceness::some) {}

    /// The turn is over when the work is done.
    template <typename Work>
    [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<Work&>> run(Turns::Turn turn,
                                                                          Work work) {
        const Turns::Turn held = std::move(turn);
        auto result = co_await threads_.run(std::move(work));
        co_return std::move(result).value(); // there is room for all who have a turn
    }

    [[nodiscard]] Turns& turns() { return turns_; }
    /// Requests that have a turn or wait for one.
    [[nodiscard]] std::size_t unfinished() const { return turns_.taken() + turns_.waiting(); }
    void end() { threads_.end(); }

  private:
    Turns turns_; // what the threads drop at their end has a turn
    WorkerPool threads_;
};

} // namespace haven::http
