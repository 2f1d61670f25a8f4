#include "server/http/rate_limit.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

namespace haven::http {

std::optional<std::chrono::seconds> RateLimit::attempt(const std::string& key,
                                                       Clock::time_point now) {
    const std::size_t hash = std::hash<std::string>{}(key);
    if (windows_.size() >= keys_max_ && !windows_.contains(hash)) {
        std::erase_if(windows_, [now](const auto& entry) { return entry.second.ends <= now; });
        if (windows_.size() >= keys_max_) {
            return window_;
        }
    }
    Window& window = windows_[hash];
    if (window.ends <= now) {
        window = {.ends = now + window_};
    }
    if (window.attempts >= attempts_max_) {
        return std::chrono::ceil<std::chrono::seconds>(window.ends - now);
    }
    ++window.attempts;
    return std::nullopt;
}

void RateLimit::forget(const std::string& key) {
    windows_.erase(std::hash<std::string>{}(key));
}

} // namespace haven::http
