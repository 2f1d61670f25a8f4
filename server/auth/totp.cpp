#include "server/auth/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace haven::auth {
namespace {

constexpr std::string_view base32_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t recovery_bytes = 10;
constexpr std::size_t recovery_length = 16; ///< base32 of them
constexpr std::size_t recovery_group = 4;

char small(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || std::string_view("-._~").contains(c);
        encoded +=
            plain ? std::string(1, c)
                  : std::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return encoded;
}

} // namespace

std::string totp_code(TotpSecret secret, std::int64_t step) {
    std::array<unsigned char, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i) {
        counter.at(i) = static_cast<unsigned char>(step >> (56 - 8 * i) & 0xFF);
    }
    std::array<unsigned char, 20> hash{};
    unsigned int size = 0;
    if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
             counter.size(), hash.data(), &size) == nullptr ||
        size != hash.size()) {
        throw std::runtime_error("OpenSSL makes no HMAC-SHA-1");
    }
    const std::size_t offset = hash.back() & 0x0FU;
    const std::uint32_t number = static_cast<std::uint32_t>(hash.at(offset) & 0x7FU) << 24U |
                                 static_cast<std::uint32_t>(hash.at(offset + 1)) << 16U |
                                 static_cast<std::uint32_t>(hash.at(offset + 2)) << 8U |
                                 hash.at(offset + 3);
    return std::format("{:06}", number % 1'000'000);
}

std::optional<std::int64_t> totp_step(TotpSecret secret, std::string_view code, std::int64_t now) {
    std::optional<std::int64_t> found;
    for (const std::int64_t step : {now - 1, now, now + 1}) {
        const std::string right = totp_code(secret, step);
        if (code.size() == right.size() &&
            sodium_memcmp(code.data(), right.data(), right.size()) == 0) {
            found = step;
        }
    }
    return found;
}

std::string base32(std::span<const unsigned char> bytes) {
    std::string text;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const unsigned char byte : bytes) {
        held = (held << 8U | byte) & 0xFFFU;
        for (bits += 8; bits >= 5; bits -= 5) {
            text += base32_letters.at(held >> (bits - 5) & 31U);
        }
    }
    if (bits > 0) {
        text += base32_letters.at(held << (5 - bits) & 31U);
    }
    return text;
}

std::string totp_uri(TotpSecret secret, std::string_view email) {
    return std::format(
        "otpauth://totp/Haven:{}?secret={}&issuer=Haven&algorithm=SHA1&digits=6&period=30",
        percent_encoded(email), base32(secret));
}

std::string make_recovery_code() {
    std::array<unsigned char, recovery_bytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string code = base32(bytes);
    std::ranges::transform(code, code.begin(), small);
    for (std::size_t at = recovery_length - recovery_group; at > 0; at -= recovery_group) {
        code.insert(at, "-");
    }
    return code;
}

std::optional<std::string> read_recovery_code(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (c == '-' || c == ' ') {
            continue;
        }
        const bool fits = (small(c) >= 'a' && small(c) <= 'z') || (c >= '2' && c <= '7');
        if (!fits || code.size() == recovery_length) {
            return std::nullopt;
        }
        code += small(c);
    }
    return code.size() == recovery_length ? std::optional(code) : std::nullopt;
}

} // namespace haven::auth
