#include "server/http/storable.hpp"

#include "net/api/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace haven::http {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

/// The bytes of the storable character at `at`, or 0.
std::size_t storable_size_at(std::string_view text, std::size_t at) {
    return text[at] == '\0' ? 0 : api::utf8_size_at(text, at);
}

} // namespace

bool is_storable(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t size = storable_size_at(text, at);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

std::string storable_text(std::string_view bytes, std::size_t bytes_max) {
    std::string text;
    text.reserve(std::min(bytes.size(), bytes_max));
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t size = storable_size_at(bytes, at);
        const std::string_view character = size == 0 ? replacement : bytes.substr(at, size);
        if (text.size() + character.size() > bytes_max) {
            break;
        }
        text += character;
        at += std::max<std::size_t>(size, 1);
    }
    return text;
}

} // namespace haven::http
