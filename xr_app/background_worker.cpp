#include "xr_app/background_worker.hpp"

#include <cstddef>
#include <mutex>
#include <stop_token>
#include <utility>

namespace haven {

BackgroundWorker::BackgroundWorker(std::size_t jobs_max)
    : jobs_max_(jobs_max), thread_([this](const std::stop_token& stop) { run(stop); }) {}

BackgroundWorker::~BackgroundWorker() {
    thread_.request_stop();
}

bool BackgroundWorker::post(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        if (jobs_.size() >= jobs_max_) {
            return false;
        }
        jobs_.push_back(std::move(job));
    }
    changed_.notify_all();
    return true;
}

void BackgroundWorker::drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return jobs_.empty() && !busy_; });
}

void BackgroundWorker::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return !jobs_.empty(); }) || !jobs_.empty()) {
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        busy_ = true;
        lock.unlock();
        job();
        lock.lock();
        busy_ = false;
        changed_.notify_all();
    }
}

} // namespace haven
