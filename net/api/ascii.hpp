#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace haven::api {

/// A capital letter of ASCII as its small one; anything else as it is.
[[nodiscard]] constexpr char lower_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(), lower_letter);
    return lowered;
}

} // namespace haven::api
