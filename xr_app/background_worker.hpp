#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace haven {

/// One thread for what the frame thread must not do itself: files. Jobs run in order.
class BackgroundWorker {
  public:
    using Job = std::move_only_function<void()>;

    explicit BackgroundWorker(std::size_t jobs_max);
    BackgroundWorker(const BackgroundWorker&) = delete;
    BackgroundWorker& operator=(const BackgroundWorker&) = delete;
    ~BackgroundWorker(); ///< runs what waits, then stops

    /// Any thread, without waiting. False when the queue is full: the job is dropped.
    bool post(Job job);

    /// Blocks until everything posted so far has run.
    void drain();

  private:
    void run(const std::stop_token& stop);

    std::size_t jobs_max_;
    std::mutex mutex_; ///< held for a push or a pop, never while a job runs
    std::condition_variable_any changed_;
    std::deque<Job> jobs_;
    bool busy_ = false;
    std::jthread thread_; // last: it uses the others
};

} // namespace haven
