#include "server/http/byte_budget.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cassert>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace haven::http {

namespace asio = boost::asio;

ByteBudget::ByteBudget(asio::any_io_executor executor, std::size_t bytes_max)
    : executor_(std::move(executor)), bytes_max_(bytes_max) {
    assert(bytes_max > 0);
}

ByteBudget::Lease::Lease(Lease&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

ByteBudget::Lease::~Lease() {
    if (budget_ != nullptr) {
        budget_->give_back(bytes_);
    }
}

void ByteBudget::Lease::shrink_to(std::size_t bytes) {
    assert(bytes <= bytes_);
    budget_->give_back(bytes_ - bytes);
    bytes_ = bytes;
}

asio::awaitable<std::optional<ByteBudget::Lease>>
ByteBudget::acquire(std::size_t bytes, std::chrono::milliseconds wait_max) {
    if (bytes > bytes_max_) {
        co_return std::nullopt;
    }
    if (waiters_.empty() && bytes <= bytes_max_ - bytes_in_use_) {
        bytes_in_use_ += bytes;
        co_return Lease(*this, bytes);
    }
    const auto waiter =
        waiters_.emplace(waiters_.end(), bytes, asio::steady_timer(executor_, wait_max));
    (void)co_await waiter->woken.async_wait(asio::as_tuple(asio::use_awaitable));
    const bool granted = waiter->granted;
    waiters_.erase(waiter);
    if (granted) {
        co_return Lease(*this, bytes);
    }
    admit_waiters(); // the one that gave up may have stood before smaller ones
    co_return std::nullopt;
}

void ByteBudget::give_back(std::size_t bytes) {
    assert(bytes <= bytes_in_use_);
    bytes_in_use_ -= bytes;
    admit_waiters();
}

void ByteBudget::admit_waiters() {
    for (Waiter& waiter : waiters_) {
        if (waiter.granted) {
            continue; // woken, but has not run yet
        }
        if (waiter.bytes > bytes_max_ - bytes_in_use_) {
            return;
        }
        bytes_in_use_ += waiter.bytes;
        waiter.granted = true;
        waiter.woken.cancel();
    }
}

} // namespace haven::http
