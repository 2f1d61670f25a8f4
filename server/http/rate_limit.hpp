#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace haven::http {

/// So many attempts in a window for each key, then a wait until the window is over. Keys are
/// hashed, never kept as they came. Bounded: when the table is full the windows that are over are
/// dropped, and if all are running everybody new waits. One thread. Pure but for its state: time is
/// given.
class RateLimit {
  public:
    using Clock = std::chrono::steady_clock;

    RateLimit(std::size_t attempts_max, std::chrono::seconds window, std::size_t keys_max = 100'000)
        : attempts_max_(attempts_max), window_(window), keys_max_(keys_max) {}

    /// Counts one attempt; nothing if it may go on, else how long to wait.
    [[nodiscard]] std::optional<std::chrono::seconds> attempt(const std::string& key,
                                                              Clock::time_point now);
    /// The key has shown who it is: it starts anew.
    void forget(const std::string& key);

  private:
    struct Window {
        Clock::time_point ends;
        std::size_t attempts = 0;
    };

    std::size_t attempts_max_;
    std::chrono::seconds window_;
    std::size_t keys_max_;
    std::unordered_map<std::size_t, Window> windows_;
};

} // namespace haven::http
