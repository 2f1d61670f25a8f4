#pragma once

#include "server/http/thread_priority.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace haven::http {

/// Threads for what takes the processor for milliseconds (hashing passwords, drawing canvases), so
/// that the I/O thread never does. The queue is bounded: when it is full the caller is told at once
/// and answers 503.
class WorkerPool {
  public:
    WorkerPool(std::size_t threads, std::size_t queued_max, Niceness niceness = Niceness::none)
        : threads_(threads), waiting_max_(threads + queued_max), niceness_(niceness) {}

    /// Runs `work` on one of the threads and resumes the caller where it was; nothing if the queue
    /// is full. What `work` throws is thrown to the caller. It must not touch what the I/O thread
    /// is using meanwhile.
    template <typename Work>
    [[nodiscard]] auto run(Work work)
        -> boost::asio::awaitable<std::optional<std::invoke_result_t<Work&>>> {
        using Result = std::optional<std::invoke_result_t<Work&>>;
        struct Outcome {
            Result result;
            std::exception_ptr failure;
        };
        if (unfinished_.fetch_add(1) >= waiting_max_) {
            unfinished_.fetch_sub(1);
            co_return Result{};
        }
        auto start = [this](auto handler, Work job) {
            auto home = boost::asio::get_associated_executor(handler);
            auto guard = boost::asio::make_work_guard(home);
            boost::asio::post(threads_,
                              [this, home, guard = std::move(guard), handler = std::move(handler),
                               job = std::move(job)]() mutable {
                                  take_niceness(niceness_);
                                  auto outcome = std::make_unique<Outcome>();
                                  try {
                                      outcome->result.emplace(job());
                                  } catch (...) {
                                      outcome->failure = std::current_exception();
                                  }
                                  unfinished_.fetch_sub(1);
                                  boost::asio::post(home, [handler = std::move(handler),
                                                           outcome = std::move(outcome)]() mutable {
                                      std::move(handler)(std::move(*outcome));
                                  });
                              });
        };
        Outcome outcome = co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                               void(Outcome)>(
            std::move(start), boost::asio::use_awaitable, std::move(work));
        if (outcome.failure) {
            std::rethrow_exception(outcome.failure);
        }
        co_return std::move(outcome.result);
    }

    [[nodiscard]] std::size_t unfinished() const { return unfinished_.load(); }

    /// Finishes what runs, drops what waits: who waits for it is never resumed. After this nothing
    /// may be run.
    void end() {
        threads_.stop();
        threads_.join();
    }

  private:
    boost::asio::thread_pool threads_;
    std::size_t waiting_max_;
    Niceness niceness_;
    std::atomic<std::size_t> unfinished_ = 0;
};

} // namespace haven::http
