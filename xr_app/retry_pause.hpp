#pragma once

#include <algorithm>
#include <chrono>

namespace haven {

/// How long to wait before a headset is tried again: each time twice as long, up to a bound, so
/// that one that is away for long costs nothing, and one that fails at once is not hammered.
class RetryPause {
  public:
    static constexpr std::chrono::milliseconds first{1'000};
    static constexpr std::chrono::milliseconds most{15'000};
    /// Where it is only looked for, so that one that is back draws within five seconds.
    static constexpr std::chrono::milliseconds most_absent{4'000};
    /// A headset that cannot be made to work so often in a row does not work.
    static constexpr int failures_max = 8;

    /// `absent`: nothing was there to be tried.
    [[nodiscard]] std::chrono::milliseconds next(bool absent) {
        const std::chrono::milliseconds bound = absent ? most_absent : most;
        const std::chrono::milliseconds now = std::min(pause_, bound);
        pause_ = std::min(2 * now, bound);
        return now;
    }
    /// It was there and was lost; `worked`: pictures were shown.
    void lost(bool worked) {
        pause_ = worked ? first : pause_;
        failures_ = worked ? 0 : failures_ + 1;
    }
    [[nodiscard]] bool hopeless() const { return failures_ >= failures_max; }

  private:
    std::chrono::milliseconds pause_ = first;
    int failures_ = 0;
};

} // namespace haven
