#include "server/auth/password.hpp"

#include "haven/common_passwords.hpp"
#include "net/api/utf8.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace haven::auth {

namespace {

// OWASP's least for argon2id: 19 MiB, two passes, one lane.
constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19'456ULL * 1024;
constexpr std::size_t characters_min = 8;
constexpr std::size_t characters_max = 128;

/// Code points; nothing where the text is no UTF-8.
std::optional<std::size_t> count_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const std::size_t size = api::utf8_size_at(text, at);
        if (size == 0) {
            return std::nullopt;
        }
        at += size;
    }
    return count;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

/// Made once, of a password nobody has: verifying against it costs what verifying a real one costs.
const std::string& nobodys_hash() {
    static const std::string hash = [] {
        std::array<char, 32> random{};
        randombytes_buf(random.data(), random.size());
        return hash_password({random.data(), random.size()}).value_or("");
    }();
    return hash;
}

} // namespace

bool init() {
    return sodium_init() >= 0 && !nobodys_hash().empty();
}

std::expected<void, std::string> check_password(std::string_view password, std::string_view email) {
    const auto characters = count_characters(password);
    if (!characters || password.contains('\0')) {
        return std::unexpected("must be text in UTF-8");
    }
    if (*characters < characters_min) {
        return std::unexpected("must have at least 8 characters");
    }
    if (*characters > characters_max) {
        return std::unexpected("must have at most 128 characters");
    }
    const std::string lower = lower_case(password);
    if (std::ranges::binary_search(common_passwords, std::string_view(lower)) ||
        std::ranges::all_of(password, [&](char c) { return c == password.front(); })) {
        return std::unexpected("is one of the commonest passwords; choose another");
    }
    if (!email.empty() && lower == lower_case(email)) {
        return std::unexpected("must not be the e-mail address");
    }
    return {};
}

std::expected<std::string, std::string> hash_password(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), passes, memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return std::unexpected("no memory to hash a password");
    }
    return std::string(hash.data());
}

bool verify_password(std::string_view hash, std::string_view password) {
    const std::string terminated(hash);
    return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

bool verify_nobody(std::string_view password) {
    // The hash is of random bytes; the "and false" is for whoever should guess them.
    return verify_password(nobodys_hash(), password) && false;
}

bool needs_rehash(std::string_view hash) {
    const std::string terminated(hash);
    return crypto_pwhash_str_needs_rehash(terminated.c_str(), passes, memory_bytes) != 0;
}

} // namespace haven::auth
