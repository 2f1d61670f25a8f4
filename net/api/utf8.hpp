#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace haven::api {

/// The bytes of the code point that begins at `at`; 0 where none does: no overlong forms, no
/// surrogates, nothing beyond U+10FFFF (RFC 3629).
[[nodiscard]] constexpr std::size_t utf8_size_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(at);
    const std::size_t size = first < 0x80U                     ? 1
                             : first >= 0xC2U && first < 0xE0U ? 2
                             : first >= 0xE0U && first < 0xF0U ? 3
                             : first >= 0xF0U && first < 0xF5U ? 4
                                                               : 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    const unsigned second = byte(at + 1);
    if ((first == 0xE0U && second < 0xA0U) || (first == 0xEDU && second > 0x9FU) ||
        (first == 0xF0U && second < 0x90U) || (first == 0xF4U && second > 0x8FU)) {
        return 0;
    }
    return size;
}

/// Text that came from outside, as a name that a driver cut off: what of it is no UTF-8 is U+FFFD.
[[nodiscard]] inline std::string made_utf8(std::string_view text) {
    std::string fit;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = utf8_size_at(text, at);
        fit += size > 0 ? text.substr(at, size) : std::string_view("\xEF\xBF\xBD");
        at += std::max(size, std::size_t{1});
    }
    return fit;
}

/// Code points of valid UTF-8.
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace haven::api
