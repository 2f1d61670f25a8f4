#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace haven {

/// For what may happen a thousand times a second and is to be logged once a minute. One thread's.
class Seldom {
  public:
    using Clock = std::chrono::steady_clock;
    /// It happened: how often since the last line, where there is to be one now.
    [[nodiscard]] std::optional<std::uint64_t> happened(Clock::time_point now = Clock::now()) {
        ++count_;
        if (now < next_) {
            return std::nullopt;
        }
        next_ = now + std::chrono::minutes(1);
        return std::exchange(count_, 0);
    }

  private:
    Clock::time_point next_ = Clock::time_point::min();
    std::uint64_t count_ = 0;
};

} // namespace haven
