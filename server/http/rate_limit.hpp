#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace haven::http {

/// So many attempts in a window for each key, then a wait until the window is over; where windows
/// may grow, each that was used up makes the next one twice as long. Keys are hashed under a secret
/// of this process, never kept as they came. Bounded: when the table is full, the key that nobody
/// has tried for the longest time goes. One thread. Pure but for its state: time is given.
class RateLimit {
  public:
    using Clock = std::chrono::steady_clock;

    /// What is left to a key after an attempt.
    struct Standing {
        std::size_t attempts_max = 0;
        std::size_t remaining = 0;
        std::chrono::seconds window{};
        std::chrono::seconds reset{}; ///< until the window is over
        bool refused = false;
    };

    RateLimit(std::size_t attempts_max, std::chrono::seconds window, std::size_t keys_max = 100'000,
              std::chrono::seconds window_max = {});

    /// Counts one attempt.
    [[nodiscard]] Standing count(std::string_view key, Clock::time_point now);
    /// The same; nothing if it may go on, else how long to wait.
    [[nodiscard]] std::optional<std::chrono::seconds> attempt(std::string_view key,
                                                              Clock::time_point now);
    /// How long to wait where one more would be refused. Counts nothing.
    [[nodiscard]] std::optional<std::chrono::seconds> used_up(std::string_view key,
                                                              Clock::time_point now) const;
    /// The attempt was a good one: it does not count.
    void refund(std::string_view key);
    /// The key has shown who it is: it starts anew.
    void forget(std::string_view key);
    [[nodiscard]] bool knows(std::string_view key) const;

  private:
    using Key = std::array<std::uint64_t, 2>;
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return key[0]; }
    };
    struct Entry {
        Key key;
        Clock::time_point ends;
        std::chrono::seconds window{};
        std::size_t attempts = 0;
    };
    using Entries = std::list<Entry>; ///< the one tried last is at the end

    [[nodiscard]] Key key_of(std::string_view text) const;
    [[nodiscard]] Entry& entry_of(const Key& key);

    std::size_t attempts_max_;
    std::chrono::seconds window_;
    std::size_t keys_max_;
    std::chrono::seconds window_max_;
    std::array<unsigned char, 32> secret_{};
    Entries entries_;
    std::unordered_map<Key, Entries::iterator, KeyHash> by_key_;
};

/// The header fields that tell a client where it stands (draft-ietf-httpapi-ratelimit-headers-10).
[[nodiscard]] std::vector<std::pair<std::string, std::string>>
rate_limit_fields(std::string_view policy, const RateLimit::Standing& standing);

} // namespace haven::http
