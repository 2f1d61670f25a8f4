#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace haven::auth {

using TokenHash =
    std::array<std::byte, 32>; ///< SHA-256 of the token's text: access_tokens.token_hash

/// An opaque bearer token: 256 random bits. The text goes to its owner once and is never stored or
/// logged.
struct Token {
    std::string text; ///< 43 characters of base64url
    TokenHash hash;
};

[[nodiscard]] Token make_token();

/// The token of 256 secret bits, as 64 hexadecimal digits: the same each time.
[[nodiscard]] Token token_of(std::string_view secret_hex);

/// Of a token somebody presents; nullopt when it cannot be one of ours (wrong length or
/// characters), so no query is needed.
[[nodiscard]] std::optional<TokenHash> hash_of_token(std::string_view text);

} // namespace haven::auth
