#include "server/http/rate_limit.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <format>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::http {

RateLimit::RateLimit(std::size_t attempts_max, std::chrono::seconds window, std::size_t keys_max,
                     std::chrono::seconds window_max)
    : attempts_max_(attempts_max), window_(window), keys_max_(keys_max),
      window_max_(std::max(window, window_max)) {
    [[maybe_unused]] const int done = RAND_bytes(secret_.data(), static_cast<int>(secret_.size()));
    assert(done == 1 && keys_max > 0);
}

/// SHA-256 of the secret and the text: nobody can choose texts that fall together.
RateLimit::Key RateLimit::key_of(std::string_view text) const {
    std::string bytes(reinterpret_cast<const char*>(secret_.data()), secret_.size());
    bytes += text;
    std::array<unsigned char, 32> digest{};
    unsigned length = 0;
    [[maybe_unused]] const int done =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    assert(done == 1);
    Key key{};
    std::memcpy(key.data(), digest.data(), sizeof key);
    return key;
}

RateLimit::Entry& RateLimit::entry_of(const Key& key) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
        entries_.splice(entries_.end(), entries_, found->second);
        return entries_.back();
    }
    if (entries_.size() >= keys_max_) {
        by_key_.erase(entries_.front().key);
        entries_.pop_front();
    }
    entries_.push_back({.key = key, .ends = {}, .window = window_, .attempts = 0});
    by_key_.emplace(key, std::prev(entries_.end()));
    return entries_.back();
}

RateLimit::Standing RateLimit::count(std::string_view key, Clock::time_point now) {
    Entry& entry = entry_of(key_of(key));
    if (entry.ends <= now) {
        const bool used_up = entry.attempts >= attempts_max_ && now - entry.ends < window_max_;
        entry.window = used_up ? std::min(entry.window * 2, window_max_) : window_;
        entry.ends = now + entry.window;
        entry.attempts = 0;
    }
    const bool refused = entry.attempts >= attempts_max_;
    entry.attempts += refused ? 0 : 1;
    return {.attempts_max = attempts_max_,
            .remaining = attempts_max_ - entry.attempts,
            .window = entry.window,
            .reset = std::chrono::ceil<std::chrono::seconds>(entry.ends - now),
            .refused = refused};
}

std::optional<std::chrono::seconds> RateLimit::attempt(std::string_view key,
                                                       Clock::time_point now) {
    const Standing standing = count(key, now);
    return standing.refused ? std::optional(standing.reset) : std::nullopt;
}

std::optional<std::chrono::seconds> RateLimit::used_up(std::string_view key,
                                                       Clock::time_point now) const {
    const auto found = by_key_.find(key_of(key));
    if (found == by_key_.end() || found->second->ends <= now ||
        found->second->attempts < attempts_max_) {
        return std::nullopt;
    }
    return std::chrono::ceil<std::chrono::seconds>(found->second->ends - now);
}

void RateLimit::refund(std::string_view key) {
    const auto found = by_key_.find(key_of(key));
    if (found != by_key_.end() && found->second->attempts > 0) {
        --found->second->attempts;
    }
}

void RateLimit::forget(std::string_view key) {
    const auto found = by_key_.find(key_of(key));
    if (found != by_key_.end()) {
        entries_.erase(found->second);
        by_key_.erase(found);
    }
}

bool RateLimit::knows(std::string_view key) const {
    return by_key_.contains(key_of(key));
}

std::vector<std::pair<std::string, std::string>>
rate_limit_fields(std::string_view policy, const RateLimit::Standing& standing) {
    return {{"RateLimit-Policy", std::format("\"{}\";q={};w={}", policy, standing.attempts_max,
                                             standing.window.count())},
            {"RateLimit",
             std::format("\"{}\";r={};t={}", policy, standing.remaining, standing.reset.count())}};
}

} // namespace haven::http
