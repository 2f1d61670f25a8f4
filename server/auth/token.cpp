#include "server/auth/token.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <optional>
#include <string_view>

namespace haven::auth {

namespace {

constexpr std::size_t random_bytes = 32;
constexpr std::size_t text_size = 43; ///< base64url of 32 bytes, without padding

TokenHash sha256(std::string_view text) {
    TokenHash hash{};
    static_assert(sizeof hash == crypto_hash_sha256_BYTES);
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return hash;
}

using Secret = std::array<unsigned char, random_bytes>;

Token token_of_secret(Secret& secret) {
    std::array<char, text_size + 1> text{};
    sodium_bin2base64(text.data(), text.size(), secret.data(), secret.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(secret.data(), secret.size());
    Token token{.text = text.data(), .hash = {}};
    token.hash = sha256(token.text);
    return token;
}

bool is_base64url(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

} // namespace

Token make_token() {
    Secret secret{};
    randombytes_buf(secret.data(), secret.size());
    return token_of_secret(secret);
}

Token token_of(std::string_view secret_hex) {
    Secret secret{};
    std::size_t bytes = 0;
    [[maybe_unused]] const int read =
        sodium_hex2bin(secret.data(), secret.size(), secret_hex.data(), secret_hex.size(), nullptr,
                       &bytes, nullptr);
    assert(read == 0 && bytes == secret.size());
    return token_of_secret(secret);
}

std::optional<TokenHash> hash_of_token(std::string_view text) {
    if (text.size() != text_size || !std::ranges::all_of(text, is_base64url)) {
        return std::nullopt;
    }
    return sha256(text);
}

} // namespace haven::auth
