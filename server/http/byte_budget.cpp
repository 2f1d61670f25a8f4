#include "server/http/byte_budget.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace haven::http {

namespace asio = boost::asio;

namespace {

using ByName = std::unordered_map<std::string, std::size_t>;

std::size_t held_by(const ByName& held, const std::string& name) {
    const auto found = held.find(name);
    return found == held.end() ? 0 : found->second;
}

/// Who holds nothing may take as much as there is.
bool fits(std::size_t held, std::size_t bytes, std::size_t bytes_max) {
    return held == 0 || (held <= bytes_max && bytes <= bytes_max - held);
}

void add(ByName& held, const std::string& name, std::size_t bytes) {
    if (!name.empty() && bytes > 0) {
        held[name] += bytes;
    }
}

void subtract(ByName& held, const std::string& name, std::size_t bytes) {
    const auto found = held.find(name);
    if (found == held.end()) {
        return;
    }
    found->second -= std::min(found->second, bytes);
    if (found->second == 0) {
        held.erase(found);
    }
}

} // namespace

RoomShares RoomShares::of(std::size_t bytes_max) {
    return {.small_bytes_max = std::size_t{256} << 10U,
            .small = {.together = bytes_max / 2,
                      .of_identity = bytes_max / 16,
                      .of_network = bytes_max / 8,
                      .of_strangers = bytes_max / 8},
            .large = {.together = bytes_max - bytes_max / 8,
                      .of_identity = bytes_max / 4,
                      .of_network = bytes_max / 2,
                      .of_strangers = bytes_max / 8}};
}

ByteBudget::ByteBudget(asio::any_io_executor executor, std::size_t bytes_max,
                       const RoomShares& shares)
    : executor_(std::move(executor)), bytes_max_(bytes_max), shares_(shares) {
    assert(bytes_max > 0);
}

ByteBudget::Lease::Lease(ByteBudget& budget, std::size_t bytes, bool small, Holder holder)
    : budget_(&budget), bytes_(bytes), small_(small), holder_(std::move(holder)) {}

ByteBudget::Lease::Lease(Lease&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)),
      small_(other.small_), holder_(std::move(other.holder_)) {}

ByteBudget::Lease::~Lease() {
    if (budget_ != nullptr) {
        budget_->give_back(bytes_, small_, holder_);
    }
}

void ByteBudget::Lease::shrink_to(std::size_t bytes) {
    assert(bytes <= bytes_);
    const std::size_t freed = bytes_ - bytes;
    bytes_ = bytes;
    budget_->give_back(freed, small_, holder_);
}

asio::awaitable<std::optional<ByteBudget::Lease>>
ByteBudget::acquire(std::size_t bytes, std::chrono::milliseconds wait_max, Holder holder) {
    if (bytes > bytes_max_) {
        co_return std::nullopt;
    }
    const auto waiter =
        waiters_.emplace(waiters_.end(), bytes, asio::steady_timer(executor_), std::move(holder));
    admit_waiters();
    const auto alone = std::min(wait_max, alone_max);
    const std::array times{alone, wait_max - alone};
    for (const auto time : times) {
        if (time > time.zero() && !waiter->granted && !waiter->given_up) {
            waiter->woken.expires_after(time);
            (void)co_await waiter->woken.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        waiter->lets_pass = true;
        admit_waiters();
    }
    const bool granted = waiter->granted;
    Holder who = std::move(waiter->holder);
    waiters_.erase(waiter);
    if (granted) {
        co_return Lease(*this, bytes, is_small(bytes), std::move(who));
    }
    co_return std::nullopt;
}

std::optional<ByteBudget::Lease> ByteBudget::try_acquire(std::size_t bytes, Holder holder) {
    if (bytes > bytes_max_ || !within_shares(bytes, holder) || !has_room(bytes)) {
        return std::nullopt;
    }
    take(bytes, is_small(bytes), holder);
    return Lease(*this, bytes, is_small(bytes), std::move(holder));
}

void ByteBudget::give_up(const void* connection) {
    for (Waiter& waiter : waiters_) {
        if (waiter.holder.connection == connection) {
            waiter.given_up = true;
            waiter.woken.cancel();
        }
    }
}

bool ByteBudget::within_shares(std::size_t bytes, const Holder& holder) const {
    const bool small = is_small(bytes);
    const Held& held = held_.at(small ? 1 : 0);
    const RoomShares::Kind& share = small ? shares_.small : shares_.large;
    const std::size_t of_identity = held_by(held.by_identity, holder.identity);
    if (!fits(of_identity, bytes, share.of_identity)) {
        return false;
    }
    if (holder.identity.empty() && !fits(held.of_strangers, bytes, share.of_strangers)) {
        return false;
    }
    // A small thing of somebody who holds nothing: the neighbours of whoever attacks write on.
    const bool first_small_one = small && !holder.identity.empty() && of_identity == 0;
    return first_small_one ||
           fits(held_by(held.by_network, holder.network), bytes, share.of_network);
}

bool ByteBudget::has_room(std::size_t bytes) const {
    const bool small = is_small(bytes);
    return bytes <= bytes_max_ - bytes_in_use_ &&
           fits(held_.at(small ? 1 : 0).together, bytes,
                (small ? shares_.small : shares_.large).together);
}

/// Of those whose shares allow it, and who do not let others pass for want of room: who holds
/// least, then who came first.
ByteBudget::Waiter* ByteBudget::next_waiter(bool small) {
    Waiter* next = nullptr;
    std::size_t least = 0;
    for (Waiter& waiter : waiters_) {
        if (waiter.granted || waiter.given_up || is_small(waiter.bytes) != small ||
            !within_shares(waiter.bytes, waiter.holder) ||
            (waiter.lets_pass && !has_room(waiter.bytes))) {
            continue;
        }
        const std::size_t held =
            held_by(held_.at(small ? 1 : 0).by_identity, waiter.holder.identity);
        if (next == nullptr || held < least) {
            next = &waiter;
            least = held;
        }
    }
    return next;
}

void ByteBudget::take(std::size_t bytes, bool small, const Holder& holder) {
    Held& held = held_.at(small ? 1 : 0);
    // Where there is no memory for an entry, nothing has been counted.
    held.by_network.try_emplace(holder.network);
    add(held.by_identity, holder.identity, bytes);
    add(held.by_network, holder.network, bytes);
    bytes_in_use_ += bytes;
    held.together += bytes;
    held.of_strangers += holder.identity.empty() ? bytes : 0;
}

void ByteBudget::give_back(std::size_t bytes, bool small, const Holder& holder) noexcept {
    Held& held = held_.at(small ? 1 : 0);
    assert(bytes <= bytes_in_use_ && bytes <= held.together);
    bytes_in_use_ -= bytes;
    held.together -= bytes;
    held.of_strangers -= holder.identity.empty() ? bytes : 0;
    subtract(held.by_identity, holder.identity, bytes);
    subtract(held.by_network, holder.network, bytes);
    admit_waiters();
}

void ByteBudget::admit_waiters() noexcept {
    try {
        for (const bool small : {true, false}) {
            Waiter* waiter = nullptr;
            while ((waiter = next_waiter(small)) != nullptr && has_room(waiter->bytes)) {
                take(waiter->bytes, small, waiter->holder);
                waiter->granted = true; // it runs when it is its turn
                waiter->woken.cancel();
            }
        }
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): out of memory; the next that
                                      // asks, looks again or goes lets them in
    }
}

} // namespace haven::http
