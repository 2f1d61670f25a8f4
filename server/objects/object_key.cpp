#include "server/objects/object_store.hpp"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <string_view>

namespace haven::objects {

namespace {

bool is_allowed(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

} // namespace

bool is_valid_key(std::string_view key) {
    constexpr std::size_t key_size_max = 255;
    if (key.empty() || key.size() > key_size_max) {
        return false;
    }
    return std::ranges::all_of(key | std::views::split('/'), [](const auto& part) {
        const std::string_view segment(part.begin(), part.end());
        return !segment.empty() && segment.front() != '.' &&
               std::ranges::all_of(segment, is_allowed);
    });
}

} // namespace haven::objects
