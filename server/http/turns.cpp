#include "server/http/turns.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace haven::http {

namespace asio = boost::asio;

Turns::Turns(asio::any_io_executor executor, const Bounds& bounds)
    : executor_(std::move(executor)), bounds_(bounds) {
    assert(bounds.taken > 0 && bounds.waiting > 0);
}

Turns::Turn::Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}

// NOLINTNEXTLINE(bugprone-exception-escape): a timer's cancel() never fails
Turns::Turn::~Turn() {
    if (turns_ != nullptr) {
        --turns_->taken_;
        turns_->let_in();
    }
}

std::size_t Turns::waiting() const {
    return static_cast<std::size_t>(std::ranges::count(waiters_, State::waits, &Waiter::state));
}

std::uint64_t Turns::round_of(const std::string& network) const {
    std::uint64_t round = round_;
    for (const Waiter& waiter : waiters_) {
        if (waiter.state == State::waits && waiter.network == network) {
            round = std::max(round, waiter.round + 1);
        }
    }
    return round;
}

bool Turns::make_place(std::uint64_t round) {
    if (waiting() < bounds_.waiting) {
        return true;
    }
    Waiter* last = nullptr;
    for (Waiter& waiter : waiters_) {
        if (waiter.state == State::waits && (last == nullptr || waiter.round >= last->round)) {
            last = &waiter;
        }
    }
    if (last == nullptr || last->round <= round) {
        return false;
    }
    last->state = State::displaced;
    last->woken.cancel();
    return true;
}

asio::awaitable<std::optional<Turns::Turn>> Turns::take(std::string network) {
    const std::uint64_t round = round_of(network);
    if (!make_place(round)) {
        co_return std::nullopt;
    }
    const auto waiter = waiters_.emplace(waiters_.end(), std::move(network), round,
                                         asio::steady_timer(executor_, bounds_.wait_max));
    let_in();
    if (waiter->state == State::waits) {
        (void)co_await waiter->woken.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    const bool granted = waiter->state == State::granted;
    waiters_.erase(waiter);
    if (!granted) {
        co_return std::nullopt;
    }
    co_return Turn(*this);
}

void Turns::let_in() {
    while (taken_ < bounds_.taken) {
        Waiter* next = nullptr;
        for (Waiter& waiter : waiters_) {
            if (waiter.state == State::waits && (next == nullptr || waiter.round < next->round)) {
                next = &waiter;
            }
        }
        if (next == nullptr) {
            return;
        }
        round_ = std::max(round_, next->round);
        ++taken_;
        next->state = State::granted; // it runs when it is its turn
        next->woken.cancel();
    }
}

} // namespace haven::http
