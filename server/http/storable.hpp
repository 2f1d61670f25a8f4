#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What a client sends, made fit to be stored: the one place where that is done. PostgreSQL takes
/// neither bytes that are no UTF-8 nor U+0000, and a row that cannot be written must not depend on
/// what a stranger sends. Pure.
namespace haven::http {

/// UTF-8 without U+0000, which the database takes as it is.
[[nodiscard]] bool is_storable(std::string_view text);

/// At most `bytes_max` bytes, cut where a code point begins; what is not storable becomes U+FFFD.
[[nodiscard]] std::string storable_text(std::string_view bytes, std::size_t bytes_max);

} // namespace haven::http
